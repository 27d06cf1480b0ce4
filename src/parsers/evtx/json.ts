import type { XmlElement } from './binxml.ts';
import type { Chunk, Instance } from './chunk.ts';
import { nestedInstance } from './content.ts';
import { jsonProgram, type Step } from './json-program.ts';
import { JsonTree } from './json-tree.ts';
import { ELEMENT_WORK, JsonValues } from './json-values.ts';
import type { TextSink } from './sink.ts';
import type { ValueOptions } from './values.ts';
import { TYPE } from './values.ts';

/** What stands before the nested part of an event. */
const FIRST: readonly string[] = ['System'];

/**
 * Writes an event as JSON in the shape of evtx_dump: attributes in `#attributes`, `Data` by its name, nameless `Data` as a list,
 * a repeated element as `Name`, `Name_1`, ….
 */
export class JsonWriter {
  readonly #sink: TextSink;
  readonly #values: JsonValues;
  readonly #tree: JsonTree;
  readonly #programs = new WeakMap<XmlElement, readonly Step[]>();

  constructor(sink: TextSink, options: ValueOptions) {
    this.#sink = sink;
    this.#values = new JsonValues(sink, options);
    this.#tree = new JsonTree(sink, options, this.#values);
  }

  /** `"Event":{…}`. Throws Damage, with half an event in the sink. */
  event(chunk: Chunk, instance: Instance): void {
    const { root } = instance.template;
    this.#values.key(root.name);
    this.#run(chunk, instance, root);
  }

  /** An element by the program of its template; by its own parts where arrays make it another shape. */
  #run(chunk: Chunk, instance: Instance, element: XmlElement): void {
    if (instance.hasArrays || instance.count === 0) {
      this.#tree.element(chunk, instance, element);
      return;
    }
    let program = this.#programs.get(element);
    if (program === undefined) {
      program = jsonProgram(element);
      this.#programs.set(element, program);
    }
    const sink = this.#sink;
    chunk.enter();
    for (const step of program) {
      chunk.spend(ELEMENT_WORK);
      switch (step.kind) {
        case 'bytes':
          sink.bytes(step.bytes, step.isAscii);
          break;
        case 'value':
          if (step.slot >= instance.count) sink.ascii(step.none);
          else if (chunk.types[instance.base + step.slot] === TYPE.BINXML)
            this.#tree.nested(chunk, instance, step.slot, step.none);
          else if (!this.#values.slot(chunk, instance.base + step.slot)) sink.ascii(step.none);
          break;
        case 'element':
          this.#tree.element(chunk, instance, step.element);
          break;
        case 'nested':
          this.#nested(chunk, instance, step.slot);
          break;
        default:
          step satisfies never;
      }
    }
    chunk.leave();
  }

  /** The data of an event. It is the only nested part, and comes behind System, whose name it does not have. */
  #nested(chunk: Chunk, instance: Instance, slot: number): void {
    const i = instance.base + slot;
    if (slot >= instance.count || chunk.types[i] !== TYPE.BINXML) return;
    const mark = chunk.mark;
    let names = FIRST;
    let inner = nestedInstance(chunk, instance, i);
    while (inner !== undefined) {
      const { root } = inner.template;
      const name = names.includes(root.name) ? `${root.name}_${names.length}` : root.name;
      this.#sink.ascii(',');
      this.#values.key(name);
      this.#run(chunk, inner, root);
      inner = chunk.following(inner);
      if (inner !== undefined) names = [...names, name];
    }
    chunk.release(mark);
  }
}
