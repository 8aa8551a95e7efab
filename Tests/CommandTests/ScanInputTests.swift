import Foundation
import TestSupport
import Testing

/// What `scan` is given: lists, globs and folders, and those that are closed or empty.
struct ScanInputTests {
  @Test(
    arguments: [
      ("--baseline /dev/zero", ": more than 64 MiB: not read"),
      ("--files-from /dev/zero", "/dev/zero: no list of names"),
      ("--files-from - < /dev/zero", "standard input: no list of names"),
      ("--manifest /dev/zero", "no list of names"),
    ])
  func aListWithoutEndIsNotReadForEver(_ arguments: String, _ words: String) throws {
    let command = try Command.shell("timeout -s KILL 60 $P scan '\(ScanCommandTests.clean)' \(arguments)")
    #expect(command.code == 2 && command.errors.contains(words))
  }

  @Test func globsThatLeaveNothingAreNamed() throws {
    let folder = try TemporaryFolder()
    for name in ["a.log.gz", "b.log.gz"] { _ = try folder.file(name, "x") }
    let command = try Command.run("scan", "--include", "*.log", folder.path)
    #expect(command.code == 2)
    #expect(command.errors.contains("\(folder.path): the globs leave nothing in here to read"))
    #expect(!(try Command.run("scan", "--include", "*.gz", folder.path).errors.contains("globs")))
  }

  /// A path that gives nothing may be where the logs were meant to be: the others must not speak for it.
  @Test func aNamedPathWithoutAFileIsNoPass() throws {
    let folder = try TemporaryFolder()
    let empty = try Command.shell(
      "cd '\(folder.path)'; mkdir empty; $P scan '\(ScanCommandTests.clean)' empty")
    #expect(empty.code == 2 && empty.errors.contains("empty: no file to read in here"))
    let strange = try Command.shell(
      "cd '\(folder.path)'; mkdir more; mkfifo more/pipe; ln -s ../empty more/loop; cp '\(ScanCommandTests.clean)' more; $P scan more"
    )
    #expect(strange.code == 0)
    #expect(strange.errors.contains("pipes, sockets and devices in folders are not read: 1"))
    #expect(strange.errors.contains("links to folders are not followed: 1"))
  }

  /// Two readers of it would each get pieces.
  @Test(arguments: ["- -", "--files-from - -", "--files-from - --manifest -"])
  func standardInputIsReadOnce(_ arguments: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("list", "-\n")
    let scan = try Command.shell("cd '\(folder.path)'; $P scan \(arguments) < '\(ScanCommandTests.real)'")
    #expect(scan.code == 2 && scan.errors.contains("standard input (-) can be read only once"))
  }

  /// Whether somebody else reads it is not known when a list is opened.
  @Test func aListCannotNameStandardInput() throws {
    let folder = try TemporaryFolder()
    let list = try folder.file("list", "-\n")
    let scan = try Command.shell("$P scan --files-from '\(list)' < '\(ScanCommandTests.clean)'")
    #expect(scan.code == 2 && scan.errors.contains("a list cannot name standard input"))
  }

  /// `find | proberace` passes if find fails; a list that is given must name something.
  @Test func aListWithoutANameIsNoPass() throws {
    let command = try Command.shell("$P scan --files-from - '\(ScanCommandTests.clean)' < /dev/null")
    #expect(command.code == 2 && command.errors.contains("standard input: the list names no file"))
  }

  @Test func excludedFoldersAreNotOpened() throws {
    let folder = try TemporaryFolder()
    let command = try Command.shell(
      "cd '\(folder.path)'; mkdir a lost+found; cp '\(ScanCommandTests.clean)' a/1.log; cp '\(ScanCommandTests.real)' lost+found/2.log; "
        + "$P scan --exclude 'lost*' .")
    #expect(command.code == 0)
  }

  @Test func aNameThatIsNotUTF8IsNamedAsSuch() throws {
    let folder = try TemporaryFolder()
    let command = try Command.shell(
      "cd '\(folder.path)'; cp '\(ScanCommandTests.clean)' $'a\\xff.log'; $P scan . gone.log")
    #expect(command.code == 2)
    #expect(command.errors.contains("no such file; a name that is not UTF-8 cannot be opened"))
    #expect(command.errors.contains("gone.log: no such file\n"))
  }

  private static let setpriv = "/usr/bin/setpriv"
  private static let canDropPrivileges: Bool = {
    if getuid() != 0 || FileManager.default.isExecutableFile(atPath: setpriv) { return true }
    print("no setpriv here and this is root: the permission test of scan is left out")
    return false
  }()

  /// Runs it as somebody who may not read everything.
  private static func unprivileged(_ folder: TemporaryFolder, _ arguments: [String]) throws -> Command {
    guard getuid() == 0 else { return try Command.run(Command.executable, arguments, nil, [:]) }
    let copy = folder.path + "/proberace"
    if !FileManager.default.fileExists(atPath: copy) {
      try FileManager.default.copyItem(at: Command.executable, to: URL(filePath: copy))
    }
    _ = chmod(copy, 0o755)
    return try Command.run(
      URL(filePath: setpriv), ["--reuid=65534", "--clear-groups", copy] + arguments, nil, [:])
  }

  @Test(.enabled(if: canDropPrivileges, "root may read everything, and there is no setpriv"))
  func aClosedFolderIsSaidAndTheRestDone() throws {
    let folder = try TemporaryFolder()
    let logs = folder.path + "/logs"
    try FileManager.default.createDirectory(atPath: logs + "/closed", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: ScanCommandTests.clean, toPath: logs + "/a.log")
    try FileManager.default.copyItem(atPath: ScanCommandTests.clean, toPath: logs + "/secret.log")
    let list = try folder.file("known.json", "{\"schema\":\"proberace/baseline@1\",\"entries\":[]}")
    defer { _ = chmod(logs + "/closed", 0o755) }
    for (path, mode) in [
      (folder.path, 0o777), (logs, 0o755), (logs + "/a.log", 0o644), (logs + "/secret.log", 0),
      (logs + "/closed", 0), (list, 0o666),
    ] {
      #expect(chmod(path, mode_t(mode)) == 0)
    }
    let scan = try Self.unprivileged(folder, ["scan", "--format", "jsonl", logs])
    #expect(scan.code == 2)
    #expect(scan.errors.contains("closed: permission denied"))
    #expect(scan.errors.contains("secret.log: permission denied"))
    #expect(
      try ScanCommandTests.lines(scan.output).map { $0["state"] as? String } == [
        "complete", "unreadable", "unreadable",
      ])
    try FileManager.default.removeItem(atPath: logs + "/secret.log")
    let update = try Self.unprivileged(folder, ["baseline", "update", "--baseline", list, logs])
    #expect(update.code == 2)
    #expect(update.errors.contains("closed: permission denied"))
  }

  @Test func namesComeFromAListToo() throws {
    let folder = try TemporaryFolder()
    let list = try folder.file("list", "\(ScanCommandTests.clean)\0\(ScanCommandTests.real)\0")
    let command = try Command.run("scan", "--format", "jsonl", "--files-from", list)
    #expect(command.code == 1)
    #expect(
      try ScanCommandTests.lines(command.output).map { $0["path"] as? String } == [
        ScanCommandTests.clean, ScanCommandTests.real,
      ])
  }
}
