/** Port of the Service `kubernetes`, which every client in a pod dials. */
export const API_SERVER_PORT = 443;
