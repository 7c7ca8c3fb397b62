public import Tiling

/// Where and when each row of a table was, in 8 bytes a row: a station has thousands of days.
public struct SampleList: RandomAccessCollection, Hashable, Sendable {
    /// Everything of a sample but its day.
    struct Place: Hashable, Sendable {
        let station: Station.ID
        let pixel: Pixel
        let latitude: Double
        let longitude: Double
    }

    private(set) var places = RepeatedValues<Place>()
    private var days: [Int32] = []

    public init() {}

    public init(_ samples: some Sequence<Sample>) {
        for sample in samples { append(sample) }
    }

    /// Adds a row.
    public mutating func append(_ sample: Sample) {
        places.append(
            Place(
                station: sample.station, pixel: sample.pixel, latitude: sample.latitude,
                longitude: sample.longitude))
        days.append(Int32(sample.day.number))
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { days.count }

    public subscript(row: Int) -> Sample {
        let place = places[row]
        return Sample(
            station: place.station, pixel: place.pixel, latitude: place.latitude, longitude: place.longitude,
            day: day(of: row))
    }

    /// The day of a row.
    public func day(of row: Int) -> Day { Day(number: Int(days[row])) }

    /// The station of a row.
    public func station(of row: Int) -> Station.ID { places[row].station }

    /// The stations, each once, in the order of their names.
    public var stations: [Station.ID] { Set(places.distinct.map(\.station)).sorted() }

    /// The first and the last day; nil without rows.
    public var span: DayRange? {
        guard let first = days.min(), let last = days.max() else { return nil }
        return DayRange(Day(number: Int(first)), through: Day(number: Int(last)))
    }

    /// The rows of each station, in the order of the stations' names.
    public func rowsByStation() -> [(station: Station.ID, rows: [Int])] {
        let stations = stations
        let number = Dictionary(uniqueKeysWithValues: zip(stations, stations.indices))
        let ofPlace = places.distinct.map { number[$0.station] ?? 0 }
        var rows = [[Int]](repeating: [], count: stations.count)
        for row in indices { rows[ofPlace[Int(places.numbers[row])]].append(row) }
        return zip(stations, rows).map { (station: $0, rows: $1) }
    }
}
