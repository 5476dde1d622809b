// Filters that pick items by attribute or test, and how an attribute of an item is named.

import type { Value } from '../../base/value.ts';
import { attribute, item as itemOf } from '../access.ts';
import { TemplateError } from '../errors.ts';
import { type Any, data, isTruthy, items, Undefined } from '../values.ts';
import { type FilterContext, type FilterTable, rest } from './define.ts';

/** `a.b.0` of an item, as Jinja2's make_attrgetter reads it; an Undefined where it is not there. */
export function attributeOf(value: Any, name: Any): Any {
  if (typeof name === 'number') return itemOf(value, name, { path: () => `item[${name}]` });
  let current = value;
  for (const part of String(name as string).split('.')) {
    const path = { path: () => `item.${String(name as string)}` };
    current = /^\d+$/.test(part) ? itemOf(current, Number(part), path) : itemOf(current, part, path);
  }
  return current;
}

function choose(value: Any, context: FilterContext, byAttribute: boolean, keep: boolean): Any {
  const [first, second] = context.args.positional;
  const skip = byAttribute ? 2 : 1;
  if (byAttribute && first === undefined)
    throw new TemplateError('Missing parameter for attribute name', { fix: "selectattr('name', 'equalto', value)" });
  const testName = byAttribute ? second : first;
  const given = rest(context.args, skip);
  const holds = typeof testName === 'string' ? context.test(testName) : undefined;
  // As Jinja2: whatever is false has no items to choose from.
  if (!isTruthy(value)) return [];
  return items(value).filter((one) => {
    const subject = byAttribute ? attributeOf(one, first ?? null) : one;
    const passed = holds === undefined ? isTruthy(subject) : holds(subject, given, context.frame);
    return passed === keep;
  });
}

function map(value: Any, context: FilterContext): Any {
  const { args, frame } = context;
  if (!isTruthy(value)) return [];
  const name = args.keywords.get('attribute');
  if (name !== undefined) {
    const otherwise = args.keywords.get('default');
    return items(value).map((one): Value => {
      const found = attributeOf(one, name);
      return data(found instanceof Undefined && otherwise !== undefined ? otherwise : found);
    });
  }
  const [filterName] = args.positional;
  if (typeof filterName !== 'string')
    throw new TemplateError('map requires a filter argument', { fix: "map('upper') or map(attribute='name')" });
  const filter = context.filter(filterName);
  const given = rest(args, 1);
  return items(value).map((one) => data(filter(one, given, frame)));
}

export const selectFilters: FilterTable = {
  select: [['*args', '**kwargs'], (value, _args, context) => choose(value, context, false, true)],
  reject: [['*args', '**kwargs'], (value, _args, context) => choose(value, context, false, false)],
  selectattr: [['*args', '**kwargs'], (value, _args, context) => choose(value, context, true, true)],
  rejectattr: [['*args', '**kwargs'], (value, _args, context) => choose(value, context, true, false)],
  map: [['*args', '**kwargs'], (value, _args, context) => map(value, context)],
  attr: [['name'], (value, args) => attribute(value, args.text('name'), { path: () => args.text('name') })],
};
