/** Numbers of the system calls that a guest process still needs once its engine runs (Linux, `asm/unistd.h`). */
export interface SystemCalls {
  /** `AUDIT_ARCH_…` of the kernel's seccomp data. */
  readonly architecture: number;
  readonly seccomp: number;
  /** Allowed with whatever arguments: memory, threads, time, and the pipes that are open. */
  readonly allowed: readonly number[];
  readonly clone: number;
  readonly clone3: number;
  readonly prctl: number;
  readonly ioctl: number;
  readonly tgkill: number;
}

/** By `process.arch`. In both: files that are open, memory, signals of one's own, threads, clocks, waiting, random. */
export const systemCalls: Readonly<Record<string, SystemCalls>> = {
  x64: {
    architecture: 0xc000003e,
    seccomp: 317,
    allowed: [
      0, 1, 19, 20, 3, 8, 5, 32, 292, 72, 293, 290, 7, 271, 23, 270, 232, 281, 441, 233, 291, 9, 10, 11, 25,
      12, 28, 27, 329, 330, 331, 13, 14, 15, 128, 131, 202, 273, 274, 334, 324, 24, 204, 143, 145, 60, 231,
      219, 228, 229, 230, 35, 96, 201, 318, 39, 186, 110, 102, 107, 104, 108, 98, 100, 99, 63, 309, 302,
    ],
    clone: 56,
    clone3: 435,
    prctl: 157,
    ioctl: 16,
    tgkill: 234,
  },
  arm64: {
    architecture: 0xc00000b7,
    seccomp: 277,
    allowed: [
      63, 64, 65, 66, 57, 62, 80, 23, 24, 25, 59, 19, 73, 72, 22, 441, 21, 20, 222, 226, 215, 216, 214, 233,
      232, 288, 289, 290, 134, 135, 139, 137, 132, 98, 99, 100, 293, 283, 124, 123, 121, 120, 93, 94, 128,
      113, 114, 115, 101, 169, 278, 172, 178, 173, 174, 175, 176, 177, 165, 153, 179, 160, 168, 261,
    ],
    clone: 220,
    clone3: 435,
    prctl: 167,
    ioctl: 29,
    tgkill: 131,
  },
};
