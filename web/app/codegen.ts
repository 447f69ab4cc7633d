// Types and ids of what the pages ask: from the `.graphql` documents and the committed schemas.
import type { CodegenConfig } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

const kinds = {
  enumsAsTypes: true,
  useTypeImports: true,
  scalars: { DateTime: "string", Date: "string", UUID: "string", JSON: "unknown", ID: "string" },
};

const config: CodegenConfig = {
  generates: {
    "src/gql/": {
      schema: "../../schema/schema.graphql",
      documents: ["src/**/*.graphql", "!src/sign-in/*.graphql"],
      preset: "client",
      // The cache asks for `__typename` beside all that is selected; the id has to be of that text.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: "sha256" } },
      config: kinds,
    },
    // The door before the API knows no ids; its few documents are sent as they are.
    "src/sign-in/gql/": {
      schema: "../../schema/sign-in.graphql",
      documents: ["src/sign-in/*.graphql"],
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: { ...kinds, documentMode: "string" },
    },
  },
};

export default config;
