/** TypeBox. The build puts its five hundred modules into this one: loading them was a tenth of the emulator's start. */
export { default as Type } from 'typebox';
export { Check, Errors, Pointer } from 'typebox/schema';
