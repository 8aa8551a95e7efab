/// Many tests at once, so that the probability that any of them says something wrong is that of one alone.
package enum FamilyWise {
  /// By how many tests a level must be divided: Bonferroni's correction for those alone that could say anything (Tarone). `least` has the
  /// smallest probability that each test's numbers could have given. 1 at least.
  package static func tests(_ least: [Double], level: Double) -> Int {
    let least = least.sorted()
    var reached = least.count
    for count in 1...max(1, least.count) {
      while reached > 0, least[reached - 1] * Double(count) > level { reached -= 1 }
      if reached <= count { return count }
    }
    return max(1, least.count)
  }
}
