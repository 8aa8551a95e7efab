// A program without a shell: what it writes is taken up to a limit, and it may run so long and no longer.
import Glibc
import SystemPackage

struct Subprocess {
  enum Failure: Error, Equatable {
    case notFound
    /// errno.
    case notStarted(Int32)
    case tooSlow, tooMuch
  }

  var status: Int32
  var output: [UInt8]
  /// The beginning of what it said on standard error.
  var errors: String

  /// What is said on standard error beyond this is dropped.
  private static let mostErrors = 4096

  /// Standard input is empty; `environment` is the whole of it.
  static func run(
    _ arguments: [String], environment: [String], mostOutput: Int, seconds: Int
  ) throws(Failure) -> Subprocess {
    let (outRead, outWrite) = try pipe()
    defer { _ = close(outRead) }
    let (errorRead, errorWrite) = try pipe()
    defer { _ = close(errorRead) }
    let child: Result<pid_t, Failure> = Result { () throws(Failure) in
      try spawn(arguments, environment, output: outWrite, errors: errorWrite)
    }
    _ = close(outWrite)
    _ = close(errorWrite)
    let process = try child.get()
    var gathered = Gathered(output: outRead, errors: errorRead)
    let fault = gathered.gather(mostOutput: mostOutput, seconds: seconds)
    // Ours, and not waited for yet: the number is still its own.
    if fault != nil { _ = kill(process, SIGKILL) }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    if let fault { throw fault }
    return Subprocess(
      status: status & 0x7f == 0 ? status >> 8 & 0xff : -1, output: gathered.text,
      errors: String(decoding: gathered.said, as: UTF8.self))
  }

  /// Its ends go to no program but as standard output.
  private static func pipe() throws(Failure) -> (Int32, Int32) {
    guard let ends = try? FileDescriptor.pipe() else { throw .notStarted(errno) }
    let pair = (ends.readEnd.rawValue, ends.writeEnd.rawValue)
    for end in [pair.0, pair.1] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return pair
  }

  private static func spawn(
    _ arguments: [String], _ environment: [String], output: Int32, errors: Int32
  ) throws(Failure) -> pid_t {
    // All of libc's: made here, lent to its own calls, freed here.
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // We ignore it; a program that nobody reads any more is to end.
    var signals = sigset_t()
    _ = unsafe sigemptyset(&signals)
    _ = unsafe sigaddset(&signals, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    // C strings of ours until the call is over, and the nil that ends each list.
    let words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    let variables = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var process = pid_t()
    let error = unsafe posix_spawnp(&process, arguments[0], &actions, &attributes, words, variables)
    guard error == 0 else { throw error == ENOENT ? .notFound : .notStarted(error) }
    return process
  }

  /// What comes out of both pipes, in whatever order it comes.
  private struct Gathered {
    let output: Int32
    let errors: Int32
    var text: [UInt8] = []
    var said: [UInt8] = []

    init(output: Int32, errors: Int32) {
      self.output = output
      self.errors = errors
    }

    mutating func gather(mostOutput: Int, seconds: Int) -> Failure? {
      let end = ContinuousClock.now + .seconds(seconds)
      var open = [output, errors]
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while !open.isEmpty {
        guard ContinuousClock.now < end else { return .tooSlow }
        var waiting = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // So many as the array has.
        guard unsafe poll(&waiting, nfds_t(waiting.count), 200) > 0 else { continue }
        for state in waiting where state.revents != 0 {
          // read(2) writes at most the array's length.
          let count = unsafe read(state.fd, &buffer, buffer.count)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else {
            open.removeAll { $0 == state.fd }
            continue
          }
          if state.fd == output {
            guard text.count + count <= mostOutput else { return .tooMuch }
            text += buffer[..<count]
          } else {
            said += buffer[..<min(count, Subprocess.mostErrors - said.count)]
          }
        }
      }
      return nil
    }
  }
}
