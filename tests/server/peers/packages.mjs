// Loads the packages of this folder for the scripts in its neighbours: `const { jwtVerify } = load('jose')`.
import { createRequire } from 'node:module';

export const load = createRequire(import.meta.url);
