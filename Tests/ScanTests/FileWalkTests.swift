import Bytes
import Foundation
import Scan
import TestSupport
import Testing

struct FileWalkTests {
  @Test func globs() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("a.log", [1])
    _ = try folder.file("b.txt", [1])
    try shell("mkdir sub; cp a.log sub/c.log; ln -s .. sub/loop", in: folder)
    let walk = FileWalk([folder.path], include: ["*.log"], exclude: ["c*"])
    #expect(Array(walk) == [.file(folder.path + "/a.log")])
  }

  @Test(
    arguments: [
      ("a\nb c\n", ["a", "b c"]), ("a\0b\nc\0", ["a", "b\nc"]), ("a\r\n\n\r\nb", ["a", "b"]),
      ("a\0b", ["a", "b"]), ("-\na\n", ["closed -", "a"]), ("", ["closed "]), ("\n\n", ["closed "]),
    ])
  func lists(_ text: String, _ paths: [String]) throws {
    let folder = try TemporaryFolder()
    #expect(read(InputList(.paths, try folder.file("list", text))) == paths)
  }

  @Test func aListIsReadAsItIsAskedFor() throws {
    let folder = try TemporaryFolder()
    let names = (0..<200_000).map { "log \($0)" }
    var walk = FileWalk()
    walk.add(InputList(.paths, try folder.file("list", names.joined(separator: "\n"))))
    #expect(walk.isCountable)
    #expect(walk.next()?.path == "log 0")
    #expect(!walk.isCountable)
    #expect(walk.map(\.path) == Array(names.dropFirst()))
  }

  @Test func aManifestSaysWhatItsLogsAreCalled() throws {
    let lines = [
      #"{"path": "a", "id": "1", "labels": {"board": "x"}}"#, #"{"id": "2"}"#, "", "[]", #"{"path": "b"}"#,
      #"{"path": "c", "labels": {"bo ard": "x"}}"#,
    ]
    let folder = try TemporaryFolder()
    let list = InputList(.manifest, try folder.file("list", lines.joined(separator: "\n")))
    #expect(read(list) == ["a 1 x", "closed :2", "closed :4", "b", "closed :6"])
  }

  /// What a list gives: paths, ids, boards; places of what cannot be taken, without the list's own name.
  private func read(_ list: InputList) -> [String] {
    var walk = FileWalk()
    walk.add(list)
    return walk.map { input in
      switch input {
      case .file(let path, let origin):
        ([path] + [origin.entry?.id, origin.entry?.labels?["board"]].compactMap(\.self)).joined(
          separator: " ")
      case .closed(let path, _):
        "closed \(path.hasPrefix(list.path) ? path.dropFirst(list.path.count) : path[...])"
      case .group: "group"
      }
    }
  }

  @Test func shardsShareTheFilesOut() throws {
    let folder = try TemporaryFolder()
    try shell("touch $(seq 1 500)", in: folder)
    let all = Set(FileWalk([folder.path]).map(\.path))
    let shards = (1...8).map { number -> [String] in
      var walk = FileWalk([folder.path])
      walk.shard = Shard("\(number)/8")
      return walk.map(\.path)
    }
    #expect(shards.allSatisfy { (35...95).contains($0.count) } && Set(shards.joined()) == all)
    #expect(shards.reduce(0) { $0 + $1.count } == 500)
    #expect(["0/8", "9/8", "8", "1/0", "a/b", "1/8/2"].allSatisfy { Shard($0) == nil })
  }

  /// What gives nothing stands where it was named; what a list names comes after the paths.
  @Test func order() throws {
    let folder = try TemporaryFolder()
    try shell("mkdir -p b/y b/empty z; touch b/1 b/y/2 b/z c z/9", in: folder)
    let at = { folder.path + "/" + $0 }
    var walk = FileWalk([at("z"), at("b/empty"), at("b"), at("gone")])
    walk.add(InputList(.paths, try folder.file("list", "")))
    walk.add(InputList(.paths, try folder.file("another", at("c"))))
    #expect(
      Array(walk) == [
        .file(at("z/9")), .closed(at("b/empty"), reason: "no file to read in here"),
        .file(at("b/1")), .file(at("b/y/2")), .file(at("b/z")), .file(at("gone")),
        .closed(at("list"), reason: "the list names no file"), .file(at("c")),
      ])
  }

  @Test func sizesAreThoseOfRegularFiles() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("a", Array(repeating: 1, count: 1000))
    try shell("mkdir sub; cp a sub/b; mkfifo sub/pipe; ln -s a link", in: folder)
    var walk = FileWalk([folder.path])
    walk.measures = true
    while walk.next() != nil {}
    #expect(walk.bytes == 3000 && walk.specialFiles == 1)
  }

  @Test func folderInFolder() throws {
    let folder = try TemporaryFolder()
    let deep = String(repeating: "d/", count: 64)
    try shell("mkdir -p \(deep); touch \(deep)lost d/found", in: folder)
    let inputs = Array(FileWalk([folder.path + "/"]))
    #expect(inputs.count == 2 && inputs[1] == .file(folder.path + "/d/found"))
    guard case .closed(let path, let reason) = inputs[0] else { throw NotClosed() }
    #expect(path.hasSuffix("d/d/d") && reason == "folders in folders, more than 64 deep")
  }
  private struct NotClosed: Error {}

  /// By which name it is met does not matter; a file of another name is another file.
  @Test func theTargetIsNoInput() throws {
    let folder = try TemporaryFolder()
    try shell("touch a b; ln a c; ln -s a d", in: folder)
    var walk = FileWalk([folder.path])
    walk.notInputs = [FileIdentity(folder.path + "/a")].compactMap(\.self)
    #expect(Array(walk) == [.file(folder.path + "/b")])
  }

  /// A glob on the names of files must not hide that a folder could not be entered.
  @Test(arguments: [["*.log"], []]) func aFolderThatIsGone(_ include: [String]) throws {
    let folder = try TemporaryFolder()
    try shell("mkdir a b; touch a/1.log b/2.log", in: folder)
    var walk = FileWalk([folder.path], include: include)
    #expect(walk.next() == .file(folder.path + "/a/1.log"))
    try shell("mv b c", in: folder)
    #expect(walk.next() == .closed(folder.path + "/b", reason: "no such file"))
    #expect(walk.next() == nil)
  }

  @Test func aNameThatIsNoUTF8() throws {
    let folder = try TemporaryFolder()
    try shell("n=$(printf 'b\\344r'); mkdir \"$n\" good; touch \"$n/1.log\" good/2.log", in: folder)
    let inputs = Array(FileWalk([folder.path], include: ["*.log"]))
    #expect(inputs.count == 2 && inputs.contains(.file(folder.path + "/good/2.log")))
    #expect(
      inputs.contains { if case .closed(let path, _) = $0 { path.contains("b\u{fffd}r") } else { false } })
  }

  /// To Swift they are one name.
  @Test func namesOfEqualLetters() throws {
    let names = ["e\u{301}.log", "\u{e9}.log"]
    for order in [names, names.reversed()] {
      let folder = try TemporaryFolder()
      for name in order { _ = try folder.file(name, [1]) }
      let found = FileWalk([folder.path]).map { Array($0.path.utf8.suffix(7)) }
      #expect(found == names.map { Array(("/" + $0).utf8.suffix(7)) })
    }
  }

  @Test func itEndsWhenItIsStopped() throws {
    let folder = try TemporaryFolder()
    try shell("mkdir a b", in: folder)
    var walk = FileWalk([folder.path])
    walk.isStopped = { true }
    #expect(walk.next() == nil)
  }
}
