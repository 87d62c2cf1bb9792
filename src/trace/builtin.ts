/**
 * One of Node's own modules, as by `require`. Where Node has another way (from 20.16 and 22.3 on) it does not pass Module._load: there an application may
 * have a guard that refuses it, or a stand-in. Throws what that guard throws.
 */
export const builtin: (name: string) => any = process.getBuiltinModule ?? require
