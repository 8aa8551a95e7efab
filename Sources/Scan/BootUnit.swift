/// What holds the inputs of one machine, whose logs and traces are joined as `report` joins them.
package enum BootUnit: String, CaseIterable, Sendable {
  /// Each file, each member of an archive. A bug report's zip is always one.
  case file
  /// The files of one folder.
  case folder
  /// The members of one archive.
  case archive
}
