// One hash for all questions of the same shape. Nothing that an asker can fill with words of their own is in it: no value, alias or name
// that the schema does not have, so that nobody can find an id by trying ids until the hash fits.
import { createHash } from "node:crypto";
import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  type NameNode,
  print,
  visit,
} from "graphql";

/** SHA-256, in hexadecimal digits. */
export function documentHash(schema: GraphQLSchema, document: DocumentNode): string {
  const known = namesOf(schema);
  const fragments = fragmentsInOrder(document);
  const variables = variablesInOrder(document);

  const named = (node: { readonly name: NameNode }) => ({
    ...node,
    name: nameNode(known.has(node.name.value) ? node.name.value : "_"),
  });
  const fragmentName = (name: string) => nameNode(fragments.get(name) ?? "_");
  const value = () => ({ kind: Kind.ENUM, value: "_" }) as const;
  const bare = visit(document, {
    OperationDefinition: { leave: (node) => ({ ...node, name: undefined }) },
    FragmentDefinition: { leave: (node) => ({ ...node, name: fragmentName(node.name.value) }) },
    FragmentSpread: { leave: (node) => ({ ...node, name: fragmentName(node.name.value) }) },
    Variable: { leave: (node) => ({ ...node, name: nameNode(variables.get(node.name.value) ?? "_") }) },
    Field: { leave: (node) => ({ ...node, ...named(node), alias: undefined }) },
    Argument: { leave: named },
    Directive: { leave: named },
    NamedType: { leave: named },
    ObjectField: { leave: named },
    IntValue: { leave: value },
    FloatValue: { leave: value },
    StringValue: { leave: value },
    BooleanValue: { leave: value },
    NullValue: { leave: value },
    EnumValue: { leave: value },
    // How many values a list holds is not its shape.
    ListValue: { leave: (node) => ({ ...node, values: onceEach(node.values) }) },
  });
  const definitions = bare.definitions.map((definition) => print(definition)).toSorted();
  return createHash("sha256").update(definitions.join("\n")).digest("hex");
}

const nameNode = (value: string): NameNode => ({ kind: Kind.NAME, value });

function onceEach<Node extends ASTNode>(nodes: readonly Node[]): Node[] {
  return [...new Map(nodes.map((node) => [print(node), node])).values()];
}

/** A name for each variable by where its operation declares it. */
function variablesInOrder({ definitions }: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    definition.variableDefinitions?.forEach(({ variable }, nth) => {
      names.set(variable.name.value, `v${nth}`);
    });
  }
  return names;
}

/** A name for each fragment by where it is first spread, so that neither its own name nor its place in the document counts. */
function fragmentsInOrder({ definitions }: DocumentNode): ReadonlyMap<string, string> {
  const byName = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) byName.set(node.name.value, node);
  const names = new Map<string, string>();
  const queue: ASTNode[] = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  for (const definition of queue) {
    visit(definition, {
      FragmentSpread({ name: { value } }) {
        const fragment = names.has(value) ? undefined : byName.get(value);
        if (!fragment) return;
        names.set(value, `f${names.size}`);
        queue.push(fragment);
      },
    });
  }
  return names;
}

const namesOfSchemas = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** Every name that the schema gives to a type, field, argument or directive. */
function namesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const known = namesOfSchemas.get(schema);
  if (known) return known;
  const names = new Set(["__typename", "__schema", "__type"]);
  const add = (named: readonly { readonly name: string }[]) => {
    for (const { name } of named) names.add(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    names.add(type.name);
    if (isInputObjectType(type)) add(Object.values(type.getFields()));
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      names.add(field.name);
      add(field.args);
    }
  }
  for (const directive of schema.getDirectives()) {
    names.add(directive.name);
    add(directive.args);
  }
  namesOfSchemas.set(schema, names);
  return names;
}
