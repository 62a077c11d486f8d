// svelte.config.js: components in runes mode throughout.
export default { compilerOptions: { runes: true } };
