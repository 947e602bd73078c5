/** Services that every cluster has, and the pods behind them. */
export const API_SERVER_SERVICE = { namespace: 'default', name: 'kubernetes' };
export const KUBE_DNS_SERVICE = { namespace: 'kube-system', name: 'kube-dns' };
/** CoreDNS bears the label of its predecessor too. */
export const KUBE_DNS_LABELS = { 'k8s-app': 'kube-dns' };
