// What a header of HTTP can carry (RFC 9110, section 5).
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const TEXT = /^[\t\x20-\x7e\x80-\xff]*$/

/** Whether a text can be a header's name. */
export const isToken = (text: string): boolean => TOKEN.test(text)
/** Whether a text can be a header's value: characters of one byte, none that controls. */
export const isText = (text: string): boolean => TEXT.test(text)
