-- Let in some requests of a garage and reserve its points, if its last minute has room for both, in one step.
--
-- KEYS[1] holds `used` and `points`, the sums of what is counted, `first`, the second of the oldest of it, and
-- for each second since how many requests (`<second>`) and points (`p<second>`) were let in. Redis's own clock
-- counts: processes need not agree on one.
-- ARGV: the seconds of a minute, its most requests, its most points, the requests and the points that are asked;
-- then pairs of a second (0: now) and the points to add to what was counted in it, or below 0 to give back: what
-- operations that were let in before turned out to cost. No second gives back more than it holds.
-- Gives: 0 if they are let in, 1 if the requests do not fit, 2 if the points do not; how many requests and points
-- are left; in how many seconds the oldest is forgotten (if let in) or there is room (if not); the second by
-- Redis's clock. What is refused is not counted.
local key, minute = KEYS[1], tonumber(ARGV[1])
local most = {tonumber(ARGV[2]), tonumber(ARGV[3])}
local asked = {tonumber(ARGV[4]), tonumber(ARGV[5])}
local prefix = {'', 'p'}
local now = tonumber(redis.call('TIME')[1])
local held = redis.call('HMGET', key, 'used', 'points', 'first')
local used = {tonumber(held[1]) or 0, tonumber(held[2]) or 0}
local first = tonumber(held[3]) or now

local function counted(second, of)
    return tonumber(redis.call('HGET', key, prefix[of] .. second)) or 0
end

-- A second is forgotten once all of it is a minute ago.
while (used[1] > 0 or used[2] > 0) and first < now - minute do
    used[1], used[2] = used[1] - counted(first, 1), used[2] - counted(first, 2)
    redis.call('HDEL', key, first, 'p' .. first)
    first = first + 1
end
if used[1] <= 0 and used[2] <= 0 then
    used, first = {0, 0}, now
end

for n = 6, #ARGV, 2 do
    local second, more = tonumber(ARGV[n]), tonumber(ARGV[n + 1])
    if second == 0 then
        second = now
    end
    if second >= first then
        more = math.max(more, -counted(second, 2))
        used[2] = used[2] + more
        redis.call('HINCRBY', key, 'p' .. second, more)
    end
end

local refused, wait = 0, 0
for of = 1, 2 do
    local left, second = most[of] - used[of], first
    if asked[of] > 0 and left < asked[of] then
        while second < now and left + counted(second, of) < asked[of] do
            left = left + counted(second, of)
            second = second + 1
        end
        refused, wait = of, math.max(wait, second + minute + 1 - now)
    end
end

if refused == 0 then
    wait = first + minute + 1 - now
    used[1], used[2] = used[1] + asked[1], used[2] + asked[2]
    if asked[1] > 0 then
        redis.call('HINCRBY', key, now, asked[1])
    end
    if asked[2] > 0 then
        redis.call('HINCRBY', key, 'p' .. now, asked[2])
    end
end
redis.call('HSET', key, 'used', used[1], 'points', used[2], 'first', first)
redis.call('EXPIRE', key, minute + 1)
return {refused, math.max(0, most[1] - used[1]), math.max(0, most[2] - used[2]), wait, now}
