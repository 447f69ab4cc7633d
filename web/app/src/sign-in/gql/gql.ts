/* eslint-disable */
import * as types from './graphql';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "mutation SignIn($operation: UUID!, $email: String!, $password: String!) {\n  signIn(\n    operationId: $operation\n    email: $email\n    password: $password\n    client: BROWSER\n  ) {\n    __typename\n    ... on SignedIn {\n      role\n      accessToken\n      expiresAt\n      recoveryCodes\n    }\n    ... on SecondFactorDemanded {\n      challenge\n    }\n    ... on SecondFactorOffered {\n      challenge\n      secret\n      uri\n    }\n    ... on SignInRefused {\n      message\n    }\n    ... on TooManySignIns {\n      message\n    }\n    ... on UnfitInput {\n      message\n    }\n  }\n}\n\nmutation ConfirmSecondFactor($operation: UUID!, $challenge: String!, $code: String!) {\n  confirmSecondFactor(\n    operationId: $operation\n    challenge: $challenge\n    code: $code\n    client: BROWSER\n  ) {\n    __typename\n    ... on SignedIn {\n      role\n      accessToken\n      expiresAt\n      recoveryCodes\n    }\n    ... on SignInRefused {\n      message\n    }\n    ... on TooManySignIns {\n      message\n    }\n    ... on UnfitInput {\n      message\n    }\n  }\n}\n\nmutation Refresh($operation: UUID!) {\n  refresh(operationId: $operation) {\n    __typename\n    ... on SignedIn {\n      role\n      accessToken\n      expiresAt\n      recoveryCodes\n    }\n    ... on SignInRefused {\n      message\n    }\n    ... on UnfitInput {\n      message\n    }\n  }\n}": typeof types.SignInDocument,
};
const documents: Documents = {
    "mutation SignIn($operation: UUID!, $email: String!, $password: String!) {\n  signIn(\n    operationId: $operation\n    email: $email\n    password: $password\n    client: BROWSER\n  ) {\n    __typename\n    ... on SignedIn {\n      role\n      accessToken\n      expiresAt\n      recoveryCodes\n    }\n    ... on SecondFactorDemanded {\n      challenge\n    }\n    ... on SecondFactorOffered {\n      challenge\n      secret\n      uri\n    }\n    ... on SignInRefused {\n      message\n    }\n    ... on TooManySignIns {\n      message\n    }\n    ... on UnfitInput {\n      message\n    }\n  }\n}\n\nmutation ConfirmSecondFactor($operation: UUID!, $challenge: String!, $code: String!) {\n  confirmSecondFactor(\n    operationId: $operation\n    challenge: $challenge\n    code: $code\n    client: BROWSER\n  ) {\n    __typename\n    ... on SignedIn {\n      role\n      accessToken\n      expiresAt\n      recoveryCodes\n    }\n    ... on SignInRefused {\n      message\n    }\n    ... on TooManySignIns {\n      message\n    }\n    ... on UnfitInput {\n      message\n    }\n  }\n}\n\nmutation Refresh($operation: UUID!) {\n  refresh(operationId: $operation) {\n    __typename\n    ... on SignedIn {\n      role\n      accessToken\n      expiresAt\n      recoveryCodes\n    }\n    ... on SignInRefused {\n      message\n    }\n    ... on UnfitInput {\n      message\n    }\n  }\n}": types.SignInDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation SignIn($operation: UUID!, $email: String!, $password: String!) {\n  signIn(\n    operationId: $operation\n    email: $email\n    password: $password\n    client: BROWSER\n  ) {\n    __typename\n    ... on SignedIn {\n      role\n      accessToken\n      expiresAt\n      recoveryCodes\n    }\n    ... on SecondFactorDemanded {\n      challenge\n    }\n    ... on SecondFactorOffered {\n      challenge\n      secret\n      uri\n    }\n    ... on SignInRefused {\n      message\n    }\n    ... on TooManySignIns {\n      message\n    }\n    ... on UnfitInput {\n      message\n    }\n  }\n}\n\nmutation ConfirmSecondFactor($operation: UUID!, $challenge: String!, $code: String!) {\n  confirmSecondFactor(\n    operationId: $operation\n    challenge: $challenge\n    code: $code\n    client: BROWSER\n  ) {\n    __typename\n    ... on SignedIn {\n      role\n      accessToken\n      expiresAt\n      recoveryCodes\n    }\n    ... on SignInRefused {\n      message\n    }\n    ... on TooManySignIns {\n      message\n    }\n    ... on UnfitInput {\n      message\n    }\n  }\n}\n\nmutation Refresh($operation: UUID!) {\n  refresh(operationId: $operation) {\n    __typename\n    ... on SignedIn {\n      role\n      accessToken\n      expiresAt\n      recoveryCodes\n    }\n    ... on SignInRefused {\n      message\n    }\n    ... on UnfitInput {\n      message\n    }\n  }\n}"): typeof import('./graphql').SignInDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
