import { isMapping, parseDocument } from '../flows/programs/document';
import type { Container, ProgramConfig, Workload } from '../inventory';
import { fieldOf } from '../value';
import { quoted } from '../words';
import type { World } from '../world';
import { type Found, found } from './finding';

/** Settings of collectors and Prometheus whose value is a credential. */
const SECRET_SETTINGS =
  /^(?:password|client_secret|secret_key|secret_access_key|api_?key|access_token|bearer_token|auth_token|token|credentials|key_pem|signing_key)$/i;
/** Headers that carry a credential. */
const SECRET_HEADERS = /^(?:proxy-)?authorization$|api[-_]?key|[-_]token$|^token$|[-_]secret$/i;
/** A credential although its name does not say so. */
const SECRET_PATH = '.api.key';

/** Parsing is most of the work. */
const MAY_HOLD_SECRETS =
  /password|secret|token|api[-_]?key|\bapi\b|authorization|credentials|key_pem|access_key|signing_key/i;

/** Credentials in the configuration of a program that a ConfigMap holds: Secrets are read by fewer people. */
export function credentialsInConfig(world: World, program: ProgramConfig): Found[] {
  return textsOf(world, program).flatMap(({ object, field, text }) => {
    if (!MAY_HOLD_SECRETS.test(text)) return [];
    const parsed = parseDocument(text);
    return 'document' in parsed ? literals(parsed.document, field).map((at) => inConfigMap(object, at)) : [];
  });
}

function inConfigMap(object: string, field: string): Found {
  return found(
    'CT608',
    { object, field },
    {
      message: `${object} contains the value of ${field.replace(/^data\[[^\]]*\]\.?/, '')}: it is a credential.`,
      fix: 'Move the value to a Secret, and write ${env:NAME} with a variable that has valueFrom.secretKeyRef, or the _file setting with a mounted Secret.',
    },
  );
}

/** The texts as somebody wrote them: in the configuration that was read, references are replaced by their values. */
function textsOf({ inventory }: World, { object, field }: ProgramConfig) {
  return field.split(' + ').flatMap((part) => {
    const [, other = object, key = ''] = /^(?:(\S+) )?data\[(.+)\]$/.exec(part) ?? [];
    const text = inventory.configMaps.get(other.replace(/^ConfigMap\//, ''))?.data[key];
    return text === undefined || !other.startsWith('ConfigMap/')
      ? []
      : [{ object: other, field: `data[${key}]`, text }];
  });
}

/** Fields whose value is a credential written in full. */
function literals(raw: unknown, field: string, inHeaders = false): string[] {
  if (Array.isArray(raw)) return raw.flatMap((item, i) => literals(item, `${field}[${i}]`));
  if (!isMapping(raw)) return [];
  // headers_setter lists them as {key, value}; what the attributes processor lists so is none.
  if (
    /\.headers\[\d+\]$/.test(field) &&
    typeof raw.key === 'string' &&
    SECRET_HEADERS.test(raw.key) &&
    isLiteral(raw.value)
  ) {
    return [fieldOf(field, 'value')];
  }
  return Object.entries(raw).flatMap(([key, value]) => {
    const at = fieldOf(field, key);
    const secret = SECRET_SETTINGS.test(key) || at.endsWith(SECRET_PATH) || (inHeaders && SECRET_HEADERS.test(key));
    return secret && isLiteral(value) ? [at] : literals(value, at, /^headers$/i.test(key));
  });
}

/** Neither empty nor a reference, nor the path of a file, nor what a placeholder looks like. */
function isLiteral(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && !/\$\{|\$\(|\{\{|^<.*>$|^\$\w+$|^\/[\w./-]+$/.test(value);
}

const SECRET_VARIABLE = /(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|CREDENTIALS?|ACCESS_KEY)$/;

/** Variables of a program's container. */
export function credentialsInPod(workload: Workload, container: Container): Found[] {
  return container.env.flatMap(({ name, value }, i) =>
    value !== undefined && SECRET_VARIABLE.test(name) && isLiteral(value) && !/^(?:true|false|\d+)$/.test(value)
      ? [
          found(
            'CT609',
            { object: workload.id, field: `${container.field}.env[${i}].value` },
            {
              message: `Variable ${quoted(name)} of container ${container.name} has its value in the manifest.`,
              fix: `Give ${name} a valueFrom.secretKeyRef instead of a value.`,
            },
          ),
        ]
      : [],
  );
}
