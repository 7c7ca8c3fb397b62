import Tiling

/// One text file of the International Soil Moisture Network, in either of its forms:
///
///     header+values    network network station lat lon elevation from to sensor
///                      2017/08/10 00:00 0.1410 G M
///     CEOP             2017/08/10 00:00 2017/08/10 00:00 network network station lat lon elevation from to
///                      0.1410 G M                                                              (one line)
///
/// Times are UTC, `-9999` and `NaN` are missing.
struct IsmnText {
    let station: Station
    let depth: DepthRange
    /// Nil in the CEOP form, whose sensor stands in the file name.
    let sensor: String?
    let observations: [Observation]
    /// Rows that could not be read, one line for all of them; nil when all could.
    let badRows: String?

    /// Throws one line that says why the text is not an ISMN file.
    init(_ bytes: [UInt8], source: String) throws {
        func malformed(_ problem: String) -> StationError { StationError(source: source, problem: problem) }
        var lines = ByteLines(bytes)
        guard let first = lines.next() else { throw malformed("is empty") }
        let words = ByteLines.words(of: first, in: bytes)
        let isCEOP = words.count > 2 && Self.time(words[0], words[1], in: bytes) != nil
        guard let place = Place(Array(words[(isCEOP ? 4 : 0)...]), isRow: isCEOP, in: bytes) else {
            throw malformed(
                "is not an ISMN file: its first line is neither a header (network, network, station,"
                    + " latitude, longitude, elevation, depths, sensor) nor a CEOP row")
        }
        if let problem = place.problem { throw malformed(problem) }
        var rows = Rows(bytes: bytes, place: isCEOP ? place : nil)
        if isCEOP {
            rows.read(first, number: lines.number)
        }
        while let line = lines.next() { rows.read(line, number: lines.number) }
        if let other = rows.otherPlace {
            throw malformed("line \(other) is of another station or depth: a file holds one sensor")
        }
        guard !rows.observations.isEmpty else {
            throw malformed(rows.badRows ?? "has a header but no values")
        }
        station = Station(
            id: .init(network: place.network, name: place.name), latitude: place.latitude,
            longitude: Station.wrapped(longitude: place.longitude), elevation: place.elevation)
        depth = place.depth
        sensor = isCEOP || place.rest.isEmpty ? nil : place.rest.map(bytes.text).joined(separator: " ")
        observations = rows.observations
        badRows = rows.badRows
    }

    /// `2017/08/10` and `00:00`; nil for anything else.
    private static func time(_ date: Range<Int>, _ clock: Range<Int>, in bytes: [UInt8]) -> UTCMinute? {
        let (d, c) = (date.lowerBound, clock.lowerBound)
        guard date.count == 10, clock.count == 5, bytes[d + 4] == UInt8(ascii: "/"),
            bytes[d + 7] == UInt8(ascii: "/"), bytes[c + 2] == UInt8(ascii: ":"),
            let year = bytes.integer(d..<d + 4), let month = bytes.integer(d + 5..<d + 7),
            let dayOfMonth = bytes.integer(d + 8..<d + 10), let hour = bytes.integer(c..<c + 2),
            let minute = bytes.integer(c + 3..<c + 5), hour < 24, minute < 60,
            let day = Day(year: year, month: month, day: dayOfMonth)
        else { return nil }
        return UTCMinute(day: day, hour: hour, minute: minute)
    }

    /// Where a sensor is: the words from the network to the depths.
    private struct Place {
        let network: String
        let name: String
        let latitude: Double
        let longitude: Double
        let elevation: Double?
        let depth: DepthRange
        /// What follows the depths.
        let rest: [Range<Int>]
        /// The bytes from the network to the lower depth, equal in all rows of a CEOP file.
        let extent: Range<Int>
        /// The words of `extent`.
        let wordCount: Int

        /// A station's name may have blanks, and even end with a number: what counts is where the run of
        /// numbers ends, five of them in a header, a sixth in a row, which goes on with its value.
        init?(_ words: [Range<Int>], isRow: Bool, in bytes: [UInt8]) {
            let runCount = isRow ? 6 : 5
            let isNumber = words.map { bytes.number($0) != nil }
            guard words.count >= 3 + runCount else { return nil }
            let start = (3...(words.count - runCount)).first { start in
                isNumber[start..<start + runCount].allSatisfy { $0 }
            }
            guard let start else { return nil }
            let end = (isNumber[start...].firstIndex(of: false) ?? words.count) - runCount
            let numbers = words[end..<end + 5].compactMap { bytes.number($0) }
            network = bytes.text(words[0])
            name = words[2..<end].map(bytes.text).joined(separator: " ")
            (latitude, longitude) = (numbers[0], numbers[1])
            elevation = numbers[2].isNaN || numbers[2] <= -999 ? nil : numbers[2]
            depth = DepthRange(from: numbers[3], to: numbers[4])
            rest = Array(words[(end + 5)...])
            extent = words[0].lowerBound..<words[end + 4].upperBound
            wordCount = end + 5
        }

        var problem: String? {
            if let problem = Station.problem(latitude: latitude, longitude: longitude) {
                return "station \(name): \(problem)"
            }
            guard depth.from.isFinite, depth.to.isFinite, abs(depth.from) <= 100, abs(depth.to) <= 100 else {
                return "station \(name): depth \(depth) is not a depth in metres"
            }
            return nil
        }
    }

    /// Reads row after row.
    private struct Rows {
        let bytes: [UInt8]
        /// In the CEOP form, what every row repeats.
        let place: Place?
        var observations: [Observation] = []
        var otherPlace: Int?
        private var badCount = 0
        private var firstBad: (number: Int, text: String)?
        /// Rows have a handful of flags: each text is read once.
        private var flags: [[UInt8]: QualityFlags] = [:]

        init(bytes: [UInt8], place: Place?) {
            self.bytes = bytes
            self.place = place
        }

        var badRows: String? {
            firstBad.map {
                "line \($0.number) is not a row: '\($0.text)'"
                    + (badCount > 1 ? " (and \(badCount - 1) more)" : "") + ": left out"
            }
        }

        mutating func read(_ line: Range<Int>, number: Int) {
            let words = ByteLines.words(of: line, in: bytes)
            var valueWord = 2
            if let place {
                guard words.count >= 4 + place.wordCount else { return refuse(line, number) }
                let extent = words[4].lowerBound..<words[3 + place.wordCount].upperBound
                if !bytes[extent].elementsEqual(bytes[place.extent]) {
                    otherPlace = otherPlace ?? number
                }
                valueWord = 4 + place.wordCount
            }
            guard words.count > valueWord, let time = IsmnText.time(words[0], words[1], in: bytes),
                let value = bytes.number(words[valueWord])
            else { return refuse(line, number) }
            let isMissing = value.isNaN || value <= -9999
            let given = words.count > valueWord + 1 ? meaning(of: words[valueWord + 1]) : .unchecked
            observations.append(
                Observation(
                    time: time, value: isMissing ? .nan : value,
                    flags: isMissing ? given.union(.missing) : given))
        }

        private mutating func refuse(_ line: Range<Int>, _ number: Int) {
            badCount += 1
            if firstBad == nil {
                firstBad = (number, bytes.text(line.lowerBound..<min(line.upperBound, line.lowerBound + 40)))
            }
        }

        private mutating func meaning(of word: Range<Int>) -> QualityFlags {
            let key = Array(bytes[word])
            if let known = flags[key] { return known }
            let read = QualityFlags(text: bytes.text(word))
            flags[key] = read
            return read
        }
    }
}
