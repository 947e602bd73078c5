import { Reader } from '../reader';
import { instanceOf } from './given';
import type { NetworkPeer } from './network-peer';

export const readerKind = instanceOf(
  Reader,
  ['Reader.pods({ namespace, podLabels })', 'Reader.fromPeer(peer)'],
  'pass what one of these calls returns',
);

export function resolveReader(where: string, reader: Reader): NetworkPeer {
  return readerKind(where, 'reader', reader)._resolve(where);
}
