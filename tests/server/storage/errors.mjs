// How the real server refuses: the status that is meant stands in the body, and the HTTP status is 400 for every 4xx.

/** What a route throws. `http` is the true HTTP status, where the real server gives one. */
export class Refusal extends Error {
  constructor(status, code, error, message, http = status < 500 ? 400 : status) {
    super(message);
    Object.assign(this, { status, code, error, http });
  }

  get body() {
    return { statusCode: String(this.status), error: this.error, message: this.message, code: this.code };
  }
}

export const denied = (message = 'new row violates row-level security policy') =>
  new Refusal(403, 'AccessDenied', 'Unauthorized', message);
export const noKey = () => new Refusal(404, 'NoSuchKey', 'not_found', 'Object not found');
export const noBucket = () => new Refusal(404, 'NoSuchBucket', 'Bucket not found', 'Bucket not found');
export const duplicate = (code) => new Refusal(409, code, 'Duplicate', 'The resource already exists');
export const tooLarge = () =>
  new Refusal(413, 'EntityTooLarge', 'Payload too large', 'The object exceeded the maximum allowed size');
export const wrongType = (type) =>
  new Refusal(415, 'InvalidMimeType', 'invalid_mime_type', `mime type ${type} is not supported`);
export const invalid = (code, message) => new Refusal(400, code, code, message);
