/// Where a field lies in a record, as libtraceevent read it from the event's format. Plain words, because it is
/// copied for every record.
struct Field: Sendable, Equatable {
  enum Shape: Sendable {
    case number
    /// Text behind a `__data_loc` word: u16 length, u16 offset from the record's start.
    case dynamicText
    /// The same with the offset counted from the end of the word (`__rel_loc`).
    case relativeText
    /// Text in a fixed array.
    case fixedText
    /// An array of longs, or anything else that is no single value.
    case other
  }
  var offset: Int
  /// Bytes; 0 for an array that fills the rest of the record.
  var size: Int
  var isSigned: Bool
  var shape: Shape

  var isText: Bool { shape == .dynamicText || shape == .relativeText || shape == .fixedText }
}

/// An event's format: what libtraceevent says of it, as a value that threads may share.
struct RecordFormat: Sendable {
  var id: Int
  var name: String
  /// The fields that all events have (type, pid), then the event's own.
  var common: [Named]
  var fields: [Named]

  struct Named: Sendable {
    var name: String
    var field: Field
  }

  /// The first of the own fields that has one of `names`.
  func field(_ names: String...) -> Field? {
    for name in names {
      if let named = fields.first(where: { $0.name == name }) { return named.field }
    }
    return nil
  }
}
