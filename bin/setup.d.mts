// Types of setup.mjs, for the tests.
export declare const root: string;
export declare function findOnPath(name: string, searchPath?: string): string | undefined;
export declare function packagesReady(base?: string): boolean;
export declare function temporalReady(base?: string, env?: NodeJS.ProcessEnv): boolean;
export declare function installedByHand(base?: string): boolean;
export declare function explainFailure(output: string): string;
export declare function takeLock(folder: string, say: (line: string) => void): Promise<() => void>;
