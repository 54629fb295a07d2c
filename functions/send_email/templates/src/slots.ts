/**
 * The stand-ins for a mail's props while its template is compiled.
 *
 * A template is rendered once, when the project is built, with a marker in place of every value. What can be done
 * with a stand-in follows from the prop's type: a time is shown as `.full`, `.day` or `.time`, a number as `.number`
 * or `.of("run", "runs")`, a list through `<Each>`, an optional prop through `<When>`, and only an address
 * may be linked. `functions/send_email/markers.py` describes the markers and parses them.
 */

/** What the generated props use for formats that TypeScript has no type for. */
export interface Moment {
  readonly format: "date-time";
}
export interface Url {
  readonly format: "uri";
}
export interface Paragraphs {
  readonly format: "multiline";
}

declare const brand: unique symbol;
export const inside = Symbol("inside");
export const path = Symbol("path");

export type UrlSlot = string & { readonly [brand]: "uri" };
export interface MomentSlot {
  readonly full: string;
  readonly day: string;
  readonly time: string;
}
export interface CountSlot {
  readonly number: string;
  of(one: string, many: string): string;
}
export interface ListSlot<Element> {
  readonly length: string;
  readonly [path]: string;
  readonly [inside]: Element;
}
export interface OptionalSlot<Present> {
  readonly [path]: string;
  readonly [inside]: Present;
}

export type Slot<T> = [null] extends [T]
  ? OptionalSlot<Slot<NonNullable<T>>>
  : T extends Url
    ? UrlSlot
    : T extends Moment
      ? MomentSlot
      : T extends number
        ? CountSlot
        : T extends string | Paragraphs
          ? string
          : T extends readonly (infer Element)[]
            ? ListSlot<Slot<Element>>
            : T extends object
              ? Slots<T>
              : never;

/** The stand-ins for all props of a mail or of a list's element. */
export type Slots<T> = { readonly [Name in keyof T as Name extends "template" ? never : Name]: Slot<T[Name]> };

export interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const STX = "\u0002";
const ETX = "\u0003";

export const marker = (sign: "=" | "#" | "?" | "/", name: string, ...rest: readonly string[]): string =>
  `${STX}${sign}${[name, ...rest].join("|")}${ETX}`;

/** The stand-ins that `schema` describes, by walking it; their types are `Slots` of the generated props. */
export function slots(schema: Schema, definitions: Readonly<Record<string, Schema>>, name = ""): unknown {
  if (schema.$ref !== undefined) {
    const target = definitions[schema.$ref.replace("#/$defs/", "")];
    if (target === undefined) throw new Error(`${schema.$ref} is not defined`);
    return slots(target, definitions, name);
  }
  const present = schema.anyOf?.find((part) => part.type !== "null");
  if (present !== undefined) {
    return guarded(name, "<When>", { [path]: name, [inside]: slots(present, definitions, name) });
  }
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([prop]) => prop !== "template")
          .map(([prop, part]) => [prop, slots(part, definitions, name === "" ? prop : `${name}.${prop}`)]),
      );
    case "array":
      return guarded(name, "<Each> or .length", {
        length: marker("=", name, "length"),
        [path]: name,
        [inside]: slots(schema.items ?? {}, definitions, `${name}[]`),
      });
    case "integer":
      return guarded(name, ".number or .of()", {
        number: marker("=", name, "number"),
        of: (one: string, many: string) => marker("=", name, "of", one, many),
      });
    case "string":
      return text(schema.format, name);
    default:
      throw new Error(`${name}: no stand-in for ${schema.type ?? "a prop without a type"}`);
  }
}

function text(format: string | undefined, name: string): unknown {
  switch (format) {
    case undefined:
      return marker("=", name);
    case "multiline":
      return marker("=", name, "lines");
    case "uri":
      return marker("=", name, "url");
    case "date-time":
      return guarded(name, ".full, .day or .time", {
        full: marker("=", name, "full"),
        day: marker("=", name, "day"),
        time: marker("=", name, "time"),
      });
    default:
      throw new Error(`${name}: no stand-in for the format ${format}`);
  }
}

/** TypeScript lets any object into a template string, where it would read `[object Object]`. */
function guarded<Slot extends object>(name: string, use: string, slot: Slot): Slot {
  return Object.assign(slot, {
    [Symbol.toPrimitive]: (): never => {
      throw new TypeError(`${name} is no text: show it by ${use}`);
    },
  });
}
