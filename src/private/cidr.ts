import { BlockList } from 'node:net';

type Family = 'ipv4' | 'ipv6';

function parse(cidr: string): { network: string; bits: number; family: Family } {
  const [network = '', bits] = cidr.split('/');
  return { network, bits: Number(bits), family: network.includes(':') ? 'ipv6' : 'ipv4' };
}

export function contains(cidrs: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const { network, bits, family } of cidrs.map(parse)) list.addSubnet(network, bits, family);
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}

/** Two ranges overlap when one contains the network address of the other. */
export function overlap(a: string, b: string): boolean {
  return contains([a], parse(b).network) || contains([b], parse(a).network);
}
