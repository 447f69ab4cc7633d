// name: load_garages
// Garages, their region, and where they stand.
UNWIND $rows AS row
MERGE (g:Garage {id: row.id})
SET g.name = row.name, g.region = row.region,
    g.location = point({latitude: row.lat, longitude: row.lon})
WITH g WHERE g.region IS NOT NULL
MERGE (r:Region {name: g.region})
MERGE (g)-[:LIES_IN]->(r)

// name: origins
// Cards that were found there before it was known where that is.
UNWIND $rows AS row
MATCH (g:Garage {id: row.id})<-[:DISCOVERED_AT]-(c:FailureCard)
WHERE c.origin IS NULL AND g.location IS NOT NULL
SET c.origin = g.location

// name: garages
// All garages.
MATCH (g:Garage) WHERE g.location IS NOT NULL
RETURN g{.id, .name, .region, lat: g.location.latitude, lon: g.location.longitude} AS found
ORDER BY g.id

// name: regions
// What these garages say of their region.
MATCH (g:Garage)
WHERE g.id IN $ids AND g.region IS NOT NULL
RETURN collect(g{.id, .region}) AS found
