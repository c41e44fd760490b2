/** Web streams by web-streams-polyfill, which follows the specification's reference implementation. */
export {
  ByteLengthQueuingStrategy as ByteLengthQueuingStrategyInside,
  CountQueuingStrategy as CountQueuingStrategyInside,
  ReadableByteStreamController as ReadableByteStreamControllerInside,
  ReadableStream as ReadableStreamInside,
  ReadableStreamBYOBReader as ReadableStreamBYOBReaderInside,
  ReadableStreamBYOBRequest as ReadableStreamBYOBRequestInside,
  ReadableStreamDefaultController as ReadableStreamDefaultControllerInside,
  ReadableStreamDefaultReader as ReadableStreamDefaultReaderInside,
  TransformStream as TransformStreamInside,
  TransformStreamDefaultController as TransformStreamDefaultControllerInside,
  WritableStream as WritableStreamInside,
  WritableStreamDefaultController as WritableStreamDefaultControllerInside,
  WritableStreamDefaultWriter as WritableStreamDefaultWriterInside,
} from "web-streams-polyfill";
