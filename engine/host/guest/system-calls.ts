/** Numbers of the system calls that a guest process still needs once its engine runs (Linux, `asm/unistd.h`). */
export interface SystemCalls {
  /** `AUDIT_ARCH_…` of the kernel's seccomp data. */
  readonly architecture: number;
  readonly seccomp: number;
  /** Allowed with whatever arguments. */
  readonly allowed: readonly number[];
  readonly clone: number;
  readonly clone3: number;
  readonly prctl: number;
  readonly ioctl: number;
  readonly tgkill: number;
}

/**
 * On x64 and on arm64, which lacks some: memory, threads, clocks, waiting, randomness, one's own signals, and what can
 * be done with files and pipes that are open.
 */
const allowed: Readonly<Record<string, readonly [x64: number, arm64: number | null]>> = {
  brk: [12, 214],
  clock_getres: [229, 114],
  clock_gettime: [228, 113],
  clock_nanosleep: [230, 115],
  close: [3, 57],
  dup: [32, 23],
  dup3: [292, 24],
  epoll_create1: [291, 20],
  epoll_ctl: [233, 21],
  epoll_pwait: [281, 22],
  epoll_pwait2: [441, 441],
  epoll_wait: [232, null],
  eventfd2: [290, 19],
  exit: [60, 93],
  exit_group: [231, 94],
  fcntl: [72, 25],
  fstat: [5, 80],
  futex: [202, 98],
  get_robust_list: [274, 100],
  getcpu: [309, 168],
  getegid: [108, 177],
  geteuid: [107, 175],
  getgid: [104, 176],
  getpid: [39, 172],
  getppid: [110, 173],
  getrandom: [318, 278],
  getrusage: [98, 165],
  gettid: [186, 178],
  gettimeofday: [96, 169],
  getuid: [102, 174],
  lseek: [8, 62],
  madvise: [28, 233],
  membarrier: [324, 283],
  mincore: [27, 232],
  mmap: [9, 222],
  mprotect: [10, 226],
  mremap: [25, 216],
  munmap: [11, 215],
  nanosleep: [35, 101],
  pipe2: [293, 59],
  pkey_alloc: [330, 289],
  pkey_free: [331, 290],
  pkey_mprotect: [329, 288],
  poll: [7, null],
  ppoll: [271, 73],
  prlimit64: [302, 261],
  pselect6: [270, 72],
  read: [0, 63],
  readv: [19, 65],
  restart_syscall: [219, 128],
  rseq: [334, 293],
  rt_sigaction: [13, 134],
  rt_sigprocmask: [14, 135],
  rt_sigreturn: [15, 139],
  rt_sigtimedwait: [128, 137],
  sched_getaffinity: [204, 123],
  sched_getparam: [143, 121],
  sched_getscheduler: [145, 120],
  sched_yield: [24, 124],
  select: [23, null],
  set_robust_list: [273, 99],
  sigaltstack: [131, 132],
  sysinfo: [99, 179],
  time: [201, null],
  times: [100, 153],
  uname: [63, 160],
  write: [1, 64],
  writev: [20, 66],
};

/** By `process.arch`. */
export const systemCalls: Readonly<Record<string, SystemCalls>> = {
  x64: {
    architecture: 0xc000003e,
    seccomp: 317,
    allowed: Object.values(allowed).map(([x64]) => x64),
    clone: 56,
    clone3: 435,
    prctl: 157,
    ioctl: 16,
    tgkill: 234,
  },
  arm64: {
    architecture: 0xc00000b7,
    seccomp: 277,
    allowed: Object.values(allowed).flatMap(([, arm64]) => arm64 ?? []),
    clone: 220,
    clone3: 435,
    prctl: 167,
    ioctl: 29,
    tgkill: 131,
  },
};
