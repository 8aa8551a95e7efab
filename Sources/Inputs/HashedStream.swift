// What a document is known by wherever it lies and however it is packed: the hash of its bytes once containers are undone.
import Bytes
import CNettle

extension ContentHash {
  /// What several documents are known by together, in whatever order they come.
  package init(of parts: [ContentHash]) {
    var state = Hasher256()
    for part in parts.map(\.text).sorted() { state.update(Array(part.utf8).span) }
    self.init(digest: state.digest, size: parts.reduce(0) { $0 + $1.size })
  }
}

/// SHA-256 by Nettle, which libarchive has with it.
private struct Hasher256 {
  private var state = sha256_ctx()
  init() { unsafe nettle_sha256_init(&state) }

  mutating func update(_ bytes: Span<UInt8>) {
    // Nettle reads the span's bytes and keeps none.
    unsafe bytes.withUnsafeBufferPointer { unsafe nettle_sha256_update(&state, $0.count, $0.baseAddress) }
  }

  var digest: [UInt8] {
    var copy = state
    return unsafe [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_SIZE)) { buffer, count in
      // The buffer has room for a digest.
      unsafe nettle_sha256_digest(&copy, Int(SHA256_DIGEST_SIZE), buffer.baseAddress)
      count = Int(SHA256_DIGEST_SIZE)
    }
  }
}

/// Hashes what is read of a stream.
package final class HashedStream: ByteStream {
  private let stream: any ByteStream
  private var state = Hasher256()
  private var size = 0
  private var isWanted = true
  /// Its time is over.
  private var isLeft = false

  init(_ stream: any ByteStream) { self.stream = stream }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count: Int
    do {
      count = try unsafe stream.read(into: buffer)
    } catch {
      isLeft = isLeft || error is TimeIsOver
      throw error
    }
    guard isWanted else { return count }
    size += count
    // The first `count` bytes were written just now.
    unsafe state.update(Span(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count])))
    return count
  }

  /// Nobody asks for the hash any more: what is read from here on is passed through.
  package func leave() { isWanted = false }

  /// Of all of it: what nobody wanted is read now. Of a stream that breaks it is that of the bytes before; nil for one that was left after its
  /// time: what nobody waited for is not known by its beginning. Throws only `Stopped`.
  package func finish() throws -> ContentHash? {
    do {
      try Documents.drain(self)
    } catch let stop as Stopped {
      throw stop
    } catch {
      // Whoever read it has said so.
    }
    return isLeft ? nil : ContentHash(digest: state.digest, size: size)
  }
}
