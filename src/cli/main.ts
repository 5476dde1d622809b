// cli
export {};
