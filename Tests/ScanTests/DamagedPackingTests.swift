import Bytes
import Foundation
import TestSupport
import Testing

@testable import Inputs
@testable import Scan

/// A packed log that is damaged is never taken for a whole one: what is packed has checks, and all of them are made.
struct DamagedPackingTests {
  private static let log = Here.sample("clean-7.3.4/dmesg.txt")

  /// `log` as gzip makes it, after `shell` lines that may change it; the result is `a.gz`.
  private static func packed(_ line: String) throws -> (folder: TemporaryFolder, bytes: [UInt8]) {
    let folder = try TemporaryFolder()
    try shell("cp '\(log)' a.log; \(line)", in: folder)
    return (folder, [UInt8](try Data(contentsOf: folder.url.appending(path: "a.gz"))))
  }

  /// 200 places and the whole trailer, a bit of each. The header holds time and system, which no check covers. A bit of
  /// the data may have no meaning, as in a code that is not used: what comes out is the same then.
  private static func flips(_ bytes: [UInt8]) -> [(place: Int, bytes: [UInt8])] {
    let whole = unpacked(nil, bytes)
    let end = bytes.count - 8
    let places = Array(stride(from: 10, to: end, by: (end - 10) / 200 + 1)) + Array(end..<bytes.count)
    let flips = places.map { place in
      var flipped = bytes
      flipped[place] ^= 1 << (place % 8)
      return (place, flipped)
    }
    let harmful = flips.filter { unpacked(nil, $0.1) != whole }
    #expect(harmful.count > flips.count - 10)
    return harmful
  }

  @Test func aFlippedBitInAGzippedLogIsSeen() throws {
    let (folder, bytes) = try Self.packed("gzip -nc a.log > a.gz")
    #expect(scan([folder.path + "/a.gz"]).map(\.state) == [.complete])
    for (place, flipped) in Self.flips(bytes) {
      let results = scan([try folder.file("b.gz", flipped)])
      // What damage makes up may look like another boot.
      #expect(results.last?.state == .unreadable, "\(place)")
      #expect(results.last?.error?.hasPrefix("the gzip data are ") == true, "\(place)")
    }
  }

  /// The members are judged as they come; what the last check finds is said of the file.
  @Test func aFlippedBitInATarGzIsSeen() throws {
    let (folder, bytes) = try Self.packed("tar cf - a.log | gzip -n > a.gz")
    #expect(scan([folder.path + "/a.gz"]).map(\.state) == [.complete])
    var hasKeptALog = false
    for (place, flipped) in Self.flips(bytes) {
      let results = scan([try folder.file("b.gz", flipped)])
      #expect(results.contains { $0.state == .unreadable && $0.error != nil }, "\(place)")
      hasKeptALog = hasKeptALog || results.map(\.state) == [.complete, .unreadable]
    }
    #expect(hasKeptALog)
  }

  @Test func whatFollowsAGzipMember() throws {
    let (folder, one) = try Self.packed("gzip -nc a.log > a.gz")
    func error(_ bytes: [UInt8]) throws -> String? {
      let results = scan([try folder.file("b.gz", bytes)])
      #expect(results.last?.state == (results.last?.error == nil ? .complete : .unreadable))
      return results.last?.error
    }
    let zeros = [UInt8](repeating: 0, count: 70_000)
    #expect(try error(one + one) == nil)
    #expect(try error(one + one + zeros) == nil)
    for rest in [Array("rubbish".utf8), zeros + one, zeros + [1]] {
      #expect(try error(one + rest) == "bytes follow the gzip data that are no gzip: not read")
    }
    for cut in [1, 4, 8, 9, one.count - 5] {
      #expect(try error(one.dropLast(cut)) == "the gzip data are cut")
      #expect(try error(one + one.dropLast(cut)) == "the gzip data are cut")
    }
    var damaged = one
    damaged[damaged.count - 8] ^= 1
    #expect(try error(damaged) == "the gzip data are damaged: incorrect data check")
    #expect(try error(damaged + one) == "the gzip data are damaged: incorrect data check")
    #expect(try error(one + damaged) == "the gzip data are damaged: incorrect data check")
    damaged = one
    damaged[damaged.count - 1] ^= 1
    #expect(try error(damaged) == "the gzip data are damaged: incorrect length check")
  }

  /// What came before the damage is judged, also where it is shorter than what tells what a file is.
  @Test func whatCameBeforeTheDamageIsKept() throws {
    let folder = try TemporaryFolder()
    let log = "[    0.000000] Linux version 6.17.13 (x@y)\n[    9.0] Run /sbin/init as init process\n"
    _ = try folder.file("a.log", log)
    try shell("gzip -n a.log; head -c -1 a.log.gz > b.gz", in: folder)
    let results = scan([folder.path + "/b.gz"])
    #expect(results.map(\.kernel) == ["6.17.13"])
    #expect(results.map(\.state) == [.unreadable])
  }

  /// A member of a zip has a check too, and a tar in it ends before it is made.
  @Test func aDamagedMemberOfAZipIsSeen() throws {
    let (folder, _) = try Self.packed("tar c -b 2000 -f a.tar a.log; python3 -m zipfile -c a.gz a.tar")
    try shell(
      """
      python3 -c 'import zipfile; at = zipfile.ZipFile("a.gz").infolist()[0].header_offset + 14
      data = bytearray(open("a.gz", "rb").read()); data[at] ^= 1; open("b.zip", "wb").write(data)'
      """, in: folder)
    #expect(scan([folder.path + "/a.gz"]).map(\.state) == [.complete])
    let results = scan([folder.path + "/b.zip"])
    #expect(results.map(\.state) == [.complete, .unreadable])
    #expect(results.last?.error?.hasPrefix("damaged or cut: ZIP bad CRC") == true)
  }

  // MARK: the other compressors, at the level of streams

  /// A boot of six lines, as lz4, zstd, xz, lzip, bzip2 and gzip make it: none of them is needed here.
  private static let small: [(layer: Archive.Layer?, base64: String)] = [
    (
      .lz4,
      """
      BCJNGGRAp44AAACBWyAgICAwLjABAPEPXSBMaW51eCB2ZXJzaW9uIDYuMTcuMTMgKHhAeSkKKwAVMSsA8gxmb28gYmFyOiBzdGVwIDEg
      b2YgdGhlIGJvb3QrAB8yKwAEHjIrAB8zKwAEHjMrAB80KwAEHjQrABU5KwDxA1J1biAvc2Jpbi9pbml0IGFzIAgAgHByb2Nlc3MKAAAA
      AKdJOgI=
      """
    ),
    (
      .zstd,
      """
      KLUv/QRohQMAMkYVGHBvxqCxqXc6DVta/d6+pPy2345Q+mt4AQClMdqKmkJXOeUwJaTD02oSw3ivKOouPE51aXdTsdKVCoLvSg4QsgUL
      fq4hrh3PlbSK15g1JfNDNOLfCQwgsBPjJkIhvauZJ/X1WBXjkSV059rJBVtyzIM=
      """
    ),
    (
      .xz,
      """
      /Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AEEAHRdAC2IMEYC4aB2XuHkZJHbZoL54GgkgZaFY4+8nCYT0+B9GELKaWGOyes1sajfoK2N
      5qMS3Gp3DSG3iFidSwoO+rwHKwxV6xp/bLlhlXEt0IMe5/n/h5PtPUAgkU9Dp0WcYKtecoSyut8uv7+SmzL5CMHhKyMAAMSSFdQWoB8g
      AAGQAYUCAABJeVA6scRn+wIAAAAABFla
      """
    ),
    (
      .lzip,
      """
      TFpJUAEMAC2IMEYC4aB2XuHkZJHbZoL54GgkgZaFY4+8nCYT0+B9GELKaWGOyes1sajfoK2N5qMS3Gp3DSG3iFidSwoO+rwHKwxV6xp/
      bLlhlXEt0IMe5/n/h5PtPUAgkU9Dp0WcYKtecoSyut8uv7+SmzL5CMHirHTzf/+NroAARKE4TAUBAAAAAAAAlQAAAAAAAAA=
      """
    ),
    (
      .bzip2,
      """
      QlpoOTFBWSZTWc7leUoAAETfgFAQQGH9sEAEEAo7Yd9gIACSBVVNP0U9R6jQAAAHqCSJIZlGh6hoeUNPUBAV4ravQXCDIWOdgbqabB4C
      ARnww439AzD7t/TrKUpVrOOAsmBUFCDjvF3Zmd/gY3FBUFYjA3XHH4cC32RMkU8x7ya1sdi400I6lSZ4J2PUZYvrLEUKqEFr8N/638Xc
      kU4UJDO5XlKA
      """
    ),
    (
      nil,
      """
      H4sIAAAAAAAAA3XKsQ6CMBRG4Z2n+EddCqVEo5MP4ORKHKgp8S73kt5i8O1VTFianuUsX49vjWnW7rgSzwteISoJ42Ds0ViH3XJ576v+
      R+1GRxH4IZ6hKUywkBHpGeBF0p+2Bdrm1BWoy2lXoF1OTxu9zYxaPXFNTAmDYv0U5RFUqw9EoThMBQEAAA==
      """
    ),
  ]
  private static let text =
    "[    0.000000] Linux version 6.17.13 (x@y)\n"
    + (1...4).map { "[    \($0).000000] foo bar: step \($0) of the boot\n" }.joined()
    + "[    9.000000] Run /sbin/init as init process\n"

  /// What the packed bytes hold; nil if that is an error.
  private static func unpacked(_ layer: Archive.Layer?, _ bytes: [UInt8]) -> [UInt8]? {
    let meter = Meter(isStopped: { false }, count: { _ in })
    let packed = JoinedStream(bytes, nil)
    do {
      let stream: any ByteStream =
        if let layer {
          try Archive(packed, layer, meter, depth: 0)
        } else {
          try DeflateStream(packed, .gzip, meter, depth: 0)
        }
      var plain: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 100)
      while true {
        let count = try buffer.withUnsafeMutableBytes { try stream.read(into: $0) }
        if count == 0 { return plain }
        plain += buffer.prefix(count)
      }
    } catch {
      return nil
    }
  }

  /// Each bit of it, each cut, each byte behind it: what it holds comes out unchanged or not at all.
  @Test(arguments: small.indices) func nothingElseComesOut(_ index: Int) throws {
    let (layer, base64) = Self.small[index]
    let bytes = [UInt8](try #require(Data(base64Encoded: base64, options: .ignoreUnknownCharacters)))
    let text = Array(Self.text.utf8)
    #expect(Self.unpacked(layer, bytes) == text)
    for bit in 0..<8 * bytes.count {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      let plain = Self.unpacked(layer, flipped)
      #expect(plain == nil || plain == text, "bit \(bit)")
    }
    for count in 1..<bytes.count {
      #expect(Self.unpacked(layer, Array(bytes.prefix(count))) == nil, "\(count)")
    }
    for behind in [Array("rubbish".utf8), Array(bytes.dropFirst()), [UInt8](repeating: 255, count: 100_000)] {
      #expect(Self.unpacked(layer, bytes + behind) == nil)
    }
    #expect(Self.unpacked(layer, bytes + bytes) == text + text)
  }

  @Test(arguments: small.indices) func eachIsRecognised(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = try #require(Data(base64Encoded: Self.small[index].base64, options: .ignoreUnknownCharacters))
    let path = try folder.file("log", bytes)
    let results = scan([path])
    #expect(results.map(\.path) == [path])
    #expect(results.map(\.state) == [.complete])
    #expect(results.map(\.kernel) == ["6.17.13"])
  }

  // MARK: nothing in it, and much in it

  @Test func anEmptyLogInAPackedFileIsEmpty() throws {
    let folder = try TemporaryFolder()
    try shell(": > a; gzip -nk a; xz -k a; bzip2 -k a; tar cf b.tar a.gz", in: folder)
    for name in ["a", "a.gz", "a.xz", "a.bz2"] {
      let results = scan([folder.path + "/" + name])
      #expect(results.map(\.error) == ["the log is empty"], "\(name)")
    }
    // Nobody named the member; that the archive holds nothing else is told of the archive.
    let members = scan([folder.path + "/b.tar"])
    #expect(members.map(\.state) == [.noKernelLog, .unreadable])
    #expect(members[0].reason == "the log is empty" && members[1].error?.contains("files: 1") == true)
  }

  /// Concatenated, and from before POSIX: `cat` makes the one, old tools the other.
  @Test func unusualTarsAreReadWhole() throws {
    let (folder, _) = try Self.packed("gzip -nc a.log > a.gz")
    try shell(
      """
      cp a.log b.log; tar cf a.tar a.log; tar cf b.tar b.log; cat a.tar b.tar | gzip > c.tar.gz
      tar czf a.tgz a.log; tar czf b.tgz b.log; cat a.tgz b.tgz > d.tar.gz
      tar c --format=v7 -f e.tar a.log b.log; gzip -k e.tar
      """, in: folder)
    for name in ["c.tar.gz", "d.tar.gz", "e.tar", "e.tar.gz"] {
      let results = scan([folder.path + "/" + name])
      #expect(results.map { $0.path.suffix(6) } == [":a.log", ":b.log"], "\(name)")
      #expect(results.map(\.state) == [.complete, .complete], "\(name)")
    }
  }

  /// Nothing but its last blocks tells that a tar is whole.
  @Test func aTarThatIsCutBetweenMembersIsNoPass() throws {
    let (folder, _) = try Self.packed(
      "cp a.log b.log; tar cf a.tar a.log b.log; xz -k a.tar; gzip a.tar -c > a.gz")
    let whole = try [UInt8](Data(contentsOf: URL(filePath: folder.path + "/a.tar")))
    let member =
      512 + (try [UInt8](Data(contentsOf: URL(filePath: folder.path + "/a.log"))).count + 511) / 512 * 512
    for length in [member, 2 * member, 2 * member + 511] {
      let results = scan([try folder.file("cut.tar", Data(whole[..<length]))])
      let told = results.last?.error ?? ""
      #expect(
        results.count == (length == member ? 2 : 3) && told.contains("cut"),
        "\(length): \(results.map(\.error))")
    }
    for length in [2 * member + 512, 2 * member + 1024, whole.count] {
      let results = scan([try folder.file("whole.tar", Data(whole[..<length]))])
      #expect(results.map(\.state) == [.complete, .complete], "\(length)")
    }
    #expect(scan([folder.path + "/a.tar.xz"]).map(\.state) == [.complete, .complete])
  }

  @Test func libraryMessagesSayWhatTheyMean() throws {
    let (folder, _) = try Self.packed("xz -k a.log; head -c 5000 a.log.xz > a.gz")
    #expect(scan([folder.path + "/a.gz"]).last?.error?.hasPrefix("damaged or cut: ") == true)
  }
}
