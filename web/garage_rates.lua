-- Let in some requests of a garage, if its last minute has room for them, in one step.
--
-- KEYS[1] holds `used`, the sum of what is counted, `first`, the second of the oldest of it, and for
-- each second since how much was let in. Redis's own clock counts: processes need not agree on one.
-- ARGV: the most of a minute, how many are asked, the seconds of a minute.
-- Gives: 1 if they are let in, how many are left, in how many seconds the oldest is forgotten (if
-- let in) or there is room (if not). What is refused is not counted.
local key, most, asked, minute = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(redis.call('TIME')[1])
local held = redis.call('HMGET', key, 'used', 'first')
local used, first = tonumber(held[1]) or 0, tonumber(held[2]) or now

-- A second is forgotten once all of it is a minute ago.
while used > 0 and first < now - minute do
    used = used - (tonumber(redis.call('HGET', key, first)) or 0)
    redis.call('HDEL', key, first)
    first = first + 1
end
if used <= 0 then
    used, first = 0, now
end

if used + asked <= most then
    used = used + asked
    redis.call('HINCRBY', key, now, asked)
    redis.call('HSET', key, 'used', used, 'first', first)
    redis.call('EXPIRE', key, minute + 1)
    return {1, most - used, first + minute + 1 - now}
end

local left, second = most - used, first
while second < now and left + (tonumber(redis.call('HGET', key, second)) or 0) < asked do
    left = left + (tonumber(redis.call('HGET', key, second)) or 0)
    second = second + 1
end
return {0, most - used, second + minute + 1 - now}
