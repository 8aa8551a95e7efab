import Glibc
import Inputs

/// The members of an archive that others judge, in their order.
final class MemberQueue {
  private let pool: MemberPool?
  private var members: [Member] = []
  private var bytes = 0
  /// No more are held at a time.
  private static let most = 48 << 20

  init(_ pool: MemberPool?) { self.pool = pool }

  /// Hands a member on, and takes what is done.
  func put(_ member: Member, _ scanner: LogScanner, _ emit: (LogResult) -> Void) throws {
    members.append(member)
    bytes += member.bytes.count
    pool?.put(member)
    take(emit)
    while bytes > Self.most { try help(scanner, emit) }
  }

  /// Until all are judged.
  func finish(_ scanner: LogScanner, _ emit: (LogResult) -> Void) throws {
    while !members.isEmpty { try help(scanner, emit) }
  }

  /// Judges one that waits, of whichever archive; else the first one is in somebody's hands.
  private func help(_ scanner: LogScanner, _ emit: (LogResult) -> Void) throws {
    try scanner.goOn()
    if let member = pool?.take() {
      member.finish(scanner.judge(member))
    } else if members.first?.judged == nil {
      usleep(200)
    }
    take(emit)
  }

  private func take(_ emit: (LogResult) -> Void) {
    while let first = members.first, let results = first.judged {
      members.removeFirst()
      bytes -= first.bytes.count
      for result in results { emit(result) }
    }
  }
}
