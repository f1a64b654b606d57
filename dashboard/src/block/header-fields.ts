/** The bytes of a header and the fields they belong to, for the bytes view. */
import { bytesToHex } from '../../../src/consensus/bytes.ts';
import { blockHashOf, encodeHeader } from '../../../src/consensus/header.ts';
import { headerFromJson } from '../../../src/consensus/json-form.ts';
import { hashMeetsTarget } from '../../../src/consensus/target.ts';
import { annotateAs, type AnnotatedField } from '../../../src/explain/annotate.ts';

export const HEADER_FIELDS = ['version', 'prev_hash', 'merkle_root', 'timestamp', 'target', 'nonce'] as const;
export type HeaderFieldName = (typeof HEADER_FIELDS)[number];

export interface HeaderField extends AnnotatedField {
  readonly field: HeaderFieldName;
}

export interface HeaderView {
  readonly hex: string;
  readonly fields: readonly HeaderField[];
  /** Computed here from the bytes. */
  readonly hash: string;
  readonly meetsTarget: boolean;
}

/** @throws Error when the node sent what is no header */
export function headerView(json: unknown): HeaderView {
  const header = headerFromJson(json);
  if (!header.ok) throw new Error(header.detail);
  const bytes = encodeHeader(header.value);
  const annotated = annotateAs('header', bytes);
  if (!('fields' in annotated)) throw new Error(annotated.detail);
  const hash = blockHashOf(header.value);
  return {
    hex: bytesToHex(bytes),
    fields: annotated.fields.filter(isHeaderField),
    hash,
    meetsTarget: hashMeetsTarget(hash, header.value.target),
  };
}

function isHeaderField(field: AnnotatedField): field is AnnotatedField & { field: HeaderFieldName } {
  return HEADER_FIELDS.some((name) => name === field.field);
}
