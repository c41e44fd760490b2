import { type TSchema, Type } from "typebox";

/** Parts of the wire format that several routes share. Names are snake_case, times ISO 8601 in UTC. */
export const Json = Type.Unknown();
export const Time = Type.String({ format: "date-time" });
export const Id = Type.String({ format: "uuid" });
export const JsonRecord = Type.Record(Type.String(), Json);
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Of a page, from 1.15 on: `rel` is `next`. */
export const Links = Type.Array(Type.Object({ rel: Type.String(), href: Type.String() }));

/** Query of a list: at most `limit` items after the one whose id is `marker`. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  marker: Type.Optional(Type.String({ maxLength: 255 })),
};

export const ErrorBody = Type.Object(
  {
    code: Type.Integer(),
    title: Type.String(),
    explanation: Type.String(),
    error: Type.Object({
      code: Type.Integer(),
      title: Type.Optional(Type.String()),
      message: Type.String(),
      type: Type.String({ description: "Senlin's exception, or the code of one of our refusals" }),
      help: Type.Optional(Type.String()),
      diagnostics: Type.Optional(Type.Array(Json)),
      facts: Type.Optional(Type.Array(Type.String(), { description: "Each thing that stood in the way" })),
    }),
  },
  { description: "Why the request was refused, and how to mend it" },
);

/** The refusals that a route under `/v1` may answer with, for its documentation. */
export const refusals = { "4xx": ErrorBody, "5xx": ErrorBody };
