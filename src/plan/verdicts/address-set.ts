import { isIPv4 } from 'node:net';
import { isIp } from '../../private/checks';
import { EVERY_ADDRESS } from '../../private/cidr';
import type { Truth } from '../pods/truth';

/** IPv4 and IPv6 addresses as ranges, in order and apart from each other. */
export interface AddressSet {
  readonly ranges: readonly AddressRange[];
}

/** Both ends belong to it. IPv4 addresses are numbered behind all IPv6 addresses, so that one order holds both. */
interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

const IPV4_OFFSET = 1n << 128n;

/** The addresses of some ranges without those of others; what is not a range (`10.0.0.0/8`) counts as empty. */
export function addressSet(cidrs: readonly string[], except: readonly string[] = []): AddressSet {
  return subtract(ordered(cidrs.flatMap(rangesOf)), ordered(except.flatMap(rangesOf)));
}

export function union(sets: readonly AddressSet[]): AddressSet {
  const [only, ...others] = sets;
  return only && others.length === 0 ? only : ordered(sets.flatMap(({ ranges }) => ranges));
}

export function subtract(set: AddressSet, removed: AddressSet): AddressSet {
  const kept: AddressRange[] = [];
  let skipped = 0;
  for (const { first, last } of set.ranges) {
    let next = first;
    while (skipped < removed.ranges.length && removed.ranges[skipped]!.last < first) skipped += 1;
    for (let i = skipped; i < removed.ranges.length && removed.ranges[i]!.first <= last; i += 1) {
      const hole = removed.ranges[i]!;
      if (hole.first > next) kept.push({ first: next, last: hole.first - 1n });
      next = hole.last + 1n;
    }
    if (next <= last) kept.push({ first: next, last });
  }
  return { ranges: kept };
}

/** Ranges as somebody wrote them: malformed ones leave open what belongs to it. */
export interface WrittenRanges {
  readonly certain: AddressSet;
  readonly possible: AddressSet;
}

export function writtenRanges(cidrs: readonly string[], except: readonly string[] = []): WrittenRanges {
  const set = addressSet(cidrs, except);
  return {
    certain: except.every(isRange) ? set : NOTHING,
    possible: cidrs.every(isRange) ? set : EVERYTHING,
  };
}

/** Whether a range is written as `10.0.0.0/8` or `fd00::/48`. */
export function isRange(cidr: string): boolean {
  return rangesOf(cidr).length > 0;
}

/** Whether addresses lie in the ranges: yes when all of them do, no when none does; about no address nothing is known. */
export function within(set: AddressSet, cidrs: readonly string[] | WrittenRanges): Truth {
  const { certain, possible } = 'certain' in cidrs ? cidrs : writtenRanges(cidrs);
  if (set.ranges.length === 0) return 'unknown';
  if (covers(certain, set)) return 'yes';
  return overlaps(set, possible) ? 'unknown' : 'no';
}

/** Ranges of a set never touch or overlap, so each range must lie in a single one. */
function covers(outer: AddressSet, inner: AddressSet): boolean {
  let i = 0;
  return inner.ranges.every(({ first, last }) => {
    while (i < outer.ranges.length && outer.ranges[i]!.last < first) i += 1;
    const candidate = outer.ranges[i];
    return candidate !== undefined && candidate.first <= first && last <= candidate.last;
  });
}

function overlaps(a: AddressSet, b: AddressSet): boolean {
  let i = 0;
  let j = 0;
  while (i < a.ranges.length && j < b.ranges.length) {
    const left = a.ranges[i]!;
    const right = b.ranges[j]!;
    if (left.last < right.first) i += 1;
    else if (right.last < left.first) j += 1;
    else return true;
  }
  return false;
}

function ordered(ranges: readonly AddressRange[]): AddressSet {
  const merged: AddressRange[] = [];
  for (const range of [...ranges].sort((a, b) => Number(a.first - b.first))) {
    const previous = merged.at(-1);
    if (!previous || range.first > previous.last + 1n) merged.push(range);
    else if (range.last > previous.last) merged[merged.length - 1] = { first: previous.first, last: range.last };
  }
  return { ranges: merged };
}

function rangesOf(cidr: string): AddressRange[] {
  const [address = '', mask = '', ...rest] = cidr.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(mask) || !isIp(address) || address.includes('%')) return [];
  const [number, bits] = isIPv4(address) ? [IPV4_OFFSET + ipv4(address), 32] : [ipv6(address), 128];
  if (Number(mask) > bits) return [];
  const size = 1n << BigInt(bits - Number(mask));
  const first = number - (number % size);
  return [{ first, last: first + size - 1n }];
}

function ipv4(address: string): bigint {
  return address.split('.').reduce((number, octet) => number * 256n + BigInt(octet), 0n);
}

function ipv6(address: string): bigint {
  const [start = [], end = []] = address.split('::').map(groups);
  const zeros = Array<bigint>(8 - start.length - end.length).fill(0n);
  return [...start, ...zeros, ...end].reduce((number, group) => number * 65_536n + group, 0n);
}

/** The last group may be an IPv4 address. */
function groups(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const number = ipv4(group);
    return [number / 65_536n, number % 65_536n];
  });
}

const NOTHING: AddressSet = { ranges: [] };
const EVERYTHING = addressSet(EVERY_ADDRESS);
