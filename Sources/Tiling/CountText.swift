/// `1234567` becomes `1 234 567`.
public func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var position = digits.count - 3
    while position > 0 {
        digits.insert("\u{202F}", at: position)
        position -= 3
    }
    return String(digits)
}

/// `1 unit`, `2 units`, `1 234 units`: a noun that takes an s.
public func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
}
