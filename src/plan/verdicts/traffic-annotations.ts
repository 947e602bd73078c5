import { LAST_PORT } from '../../private/ports';
import type { Labels } from '../inventory';
import { isRange } from './address-set';

/** A list of ports as Istio reads it. */
export interface PortList {
  /** `*`. */
  readonly everything: boolean;
  readonly ports: readonly number[];
  /** What somebody wrote and not every stage of Istio reads as a port: what is meant stays open. */
  readonly unreadable: readonly string[];
}

/** A list of address ranges as Istio reads it. */
export interface RangeList {
  readonly everything: boolean;
  readonly cidrs: readonly string[];
  readonly unreadable: readonly string[];
}

/** A value that Istio refuses, or that its stages read differently (istio `pkg/kube/inject/validate.go`). */
export interface AnnotationProblem {
  readonly annotation: string;
  /** The part of the value that is wrong. */
  readonly value: string;
  readonly problem: string;
}

const WILDCARD = '*';

/** Reads annotations of one pod and collects what is wrong with them. */
export class TrafficAnnotations {
  private readonly found: AnnotationProblem[] = [];

  public constructor(private readonly annotations: Labels) {}

  public get problems(): readonly AnnotationProblem[] {
    return this.found;
  }

  public text(annotation: string): string | undefined {
    return Object.hasOwn(this.annotations, annotation) ? this.annotations[annotation] : undefined;
  }

  /** A list in which `*` stands for every port. */
  public portsOrAll(annotation: string, otherwise: PortList): PortList {
    const text = this.text(annotation);
    if (text === WILDCARD) return ALL_PORTS;
    return text === undefined ? otherwise : this.portList(annotation, text);
  }

  public ports(annotation: string): PortList | undefined {
    const text = this.text(annotation);
    return text === undefined ? undefined : this.portList(annotation, text);
  }

  /** Istio's default, where the annotation is missing, is every address. */
  public rangesOrAll(annotation: string): RangeList {
    const text = this.text(annotation);
    return text === undefined || text === WILDCARD ? ALL_RANGES : this.rangeList(annotation, text);
  }

  public ranges(annotation: string): RangeList {
    return this.rangeList(annotation, this.text(annotation) ?? '');
  }

  public report(annotation: string, value: string, problem: string): void {
    this.found.push({ annotation, value: shortened(value), problem });
  }

  /** Items are trimmed, then read as decimal numbers of 16 bits. */
  private portList(annotation: string, text: string): PortList {
    const ports = new Set<number>();
    const unreadable: string[] = [];
    for (const item of text.trim() === '' ? [] : text.split(',').map((part) => part.trim())) {
      const problem = problemOfPort(item);
      if (problem !== undefined) this.report(annotation, item, problem);
      if (problem === undefined) ports.add(Number(item));
      else if (item !== '' && item !== '0') unreadable.push(item);
    }
    return { everything: false, ports: [...ports], unreadable };
  }

  /** Not even spaces are trimmed (Go's `netip.ParsePrefix`). */
  private rangeList(annotation: string, text: string): RangeList {
    const items = text === '' ? [] : text.split(',');
    const unreadable = items.filter((item) => !isPrefix(item));
    for (const item of unreadable) this.report(annotation, item, problemOfRange(item));
    return { everything: false, cidrs: items.filter(isPrefix), unreadable };
  }
}

export const ALL_PORTS: PortList = { everything: true, ports: [], unreadable: [] };
export const NO_PORTS: PortList = { everything: false, ports: [], unreadable: [] };
const ALL_RANGES: RangeList = { everything: true, cidrs: [], unreadable: [] };

function problemOfPort(item: string): string | undefined {
  if (item === '') return 'an empty item, which the injector or istio-cni refuses';
  if (item === WILDCARD) return '"*" is not a port and not allowed here';
  if (!/^\d{1,5}$/.test(item) || Number(item) > LAST_PORT) return 'not a port from 1 to 65535';
  if (Number(item) === 0) return 'port 0 matches no connection';
  return item.startsWith('0') ? 'a leading zero, which iptables refuses' : undefined;
}

/** A mask has no leading zeros. */
function isPrefix(item: string): boolean {
  return isRange(item) && !/\/0\d/.test(item);
}

function problemOfRange(item: string): string {
  if (item === WILDCARD) return '"*" is only allowed alone and only to include';
  if (item !== item.trim() && isPrefix(item.trim())) return 'white space, which Istio does not trim here';
  if (!item.includes('/')) return 'the mask is missing, as in 10.0.0.0/8';
  return 'not a range of addresses such as 10.0.0.0/8 or fd00::/48';
}

const LONGEST_SHOWN = 80;

/** Somebody else's text, short enough for a sentence. */
export function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
