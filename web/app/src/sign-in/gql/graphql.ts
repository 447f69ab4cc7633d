/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** As what somebody works; the permission matrix says what that lets them do. */
export type Role =
  | 'ACCOUNTANT'
  | 'ADMIN'
  | 'CUSTOMER_SUPPORT'
  | 'MANAGER'
  | 'TECHNICIAN';

export type SignInMutationVariables = Exact<{
  operation: string;
  email: string;
  password: string;
}>;


export type SignInMutation = { signIn:
    | { __typename: 'SecondFactorDemanded', challenge: string }
    | { __typename: 'SecondFactorOffered', challenge: string, secret: string, uri: string }
    | { __typename: 'SignInRefused', message: string }
    | { __typename: 'SignedIn', role: Role, accessToken: string, expiresAt: string, recoveryCodes: Array<string> | null }
    | { __typename: 'TooManySignIns', message: string }
    | { __typename: 'UnfitInput', message: string }
   };

export type ConfirmSecondFactorMutationVariables = Exact<{
  operation: string;
  challenge: string;
  code: string;
}>;


export type ConfirmSecondFactorMutation = { confirmSecondFactor:
    | { __typename: 'SignInRefused', message: string }
    | { __typename: 'SignedIn', role: Role, accessToken: string, expiresAt: string, recoveryCodes: Array<string> | null }
    | { __typename: 'TooManySignIns', message: string }
    | { __typename: 'UnfitInput', message: string }
   };

export type RefreshMutationVariables = Exact<{
  operation: string;
}>;


export type RefreshMutation = { refresh:
    | { __typename: 'SignInRefused', message: string }
    | { __typename: 'SignedIn', role: Role, accessToken: string, expiresAt: string, recoveryCodes: Array<string> | null }
    | { __typename: 'UnfitInput', message: string }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($operation: UUID!, $email: String!, $password: String!) {
  signIn(
    operationId: $operation
    email: $email
    password: $password
    client: BROWSER
  ) {
    __typename
    ... on SignedIn {
      role
      accessToken
      expiresAt
      recoveryCodes
    }
    ... on SecondFactorDemanded {
      challenge
    }
    ... on SecondFactorOffered {
      challenge
      secret
      uri
    }
    ... on SignInRefused {
      message
    }
    ... on TooManySignIns {
      message
    }
    ... on UnfitInput {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const ConfirmSecondFactorDocument = new TypedDocumentString(`
    mutation ConfirmSecondFactor($operation: UUID!, $challenge: String!, $code: String!) {
  confirmSecondFactor(
    operationId: $operation
    challenge: $challenge
    code: $code
    client: BROWSER
  ) {
    __typename
    ... on SignedIn {
      role
      accessToken
      expiresAt
      recoveryCodes
    }
    ... on SignInRefused {
      message
    }
    ... on TooManySignIns {
      message
    }
    ... on UnfitInput {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ConfirmSecondFactorMutation, ConfirmSecondFactorMutationVariables>;
export const RefreshDocument = new TypedDocumentString(`
    mutation Refresh($operation: UUID!) {
  refresh(operationId: $operation) {
    __typename
    ... on SignedIn {
      role
      accessToken
      expiresAt
      recoveryCodes
    }
    ... on SignInRefused {
      message
    }
    ... on UnfitInput {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RefreshMutation, RefreshMutationVariables>;