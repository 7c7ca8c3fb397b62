import Foundation

/// Station tables for a `TinyWorld`, whose pixels are 1/32 degree from 10 E, 50 N.
struct StationFiles {
    static let columns =
        "station=id,latitude=lat,longitude=lon,time=day,value=sm,depth-from=0,depth-to=0.05"

    /// A station in the middle of a pixel.
    struct Place {
        let name: String
        let column: Int
        let row: Int
        var latitude: Double { 50 - (Double(row) + 0.5) / 32 }
        var longitude: Double { 10 + (Double(column) + 0.5) / 32 }
    }

    static let places = [
        Place(name: "a", column: 2, row: 3), Place(name: "b", column: 20, row: 5),
        Place(name: "c", column: 9, row: 28), Place(name: "d", column: 31, row: 31),
        Place(name: "e", column: 2, row: 4),
    ]
    /// The days of a `TinyWorld`.
    static let days = (5...14).map { "2016-01-\($0 < 10 ? "0" : "")\($0)" }

    /// A row per station and day; soil moisture differs from day to day and place to place.
    static func rows(_ places: [Place] = places, scale: Double = 1) -> [String] {
        places.enumerated().flatMap { number, place in
            days.enumerated().map { day, name in
                let moisture = 0.1 + 0.03 * Double(number) + 0.01 * Double((day * 7 + number) % 10)
                return "\(place.name),\(place.latitude),\(place.longitude),\(name),\(moisture * scale)"
            }
        }
    }

    static func table(_ rows: [String] = rows()) -> String {
        (["id,lat,lon,day,sm"] + rows).joined(separator: "\n") + "\n"
    }
}
