import type { ServiceSpec } from 'kubernetes-types/core/v1';
import { selectorLabels } from '../labels';
import type { ManagerModel } from './model';

export const WEBHOOK_PORT_NAME = 'http-webhook';
export const ADMISSION_PORT_NAME = 'https-admission';

export function webhookServiceSpec({ instance, webhookPort }: ManagerModel): ServiceSpec {
  return service(instance, WEBHOOK_PORT_NAME, webhookPort);
}

/** On 443, which webhook configurations assume. */
export function admissionServiceSpec({ instance }: ManagerModel): ServiceSpec {
  return service(instance, ADMISSION_PORT_NAME, 443);
}

function service(instance: string, name: string, port: number): ServiceSpec {
  return {
    selector: selectorLabels('telemetry-manager', instance),
    ports: [{ name, port, targetPort: name, protocol: 'TCP' }],
  };
}
