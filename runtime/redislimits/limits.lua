-- The buckets of limits, each a hash. ARGV is what to do, the instant in microseconds or
-- -1 for the server's, how long a call waits, and the class of a refusal for a rate;
-- then the figures of each key. The arithmetic is that of runtime.MemoryLimits.
local what, now, longest, ratelimited = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if now < 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000000 + t[2]
end
local names = {'tat', 'next', 'calm', 'blocked', 'class', 'lowered', 'left', 'resets', 'used'}
local day, samewindow = 86400000000, 2000000
local max, min = math.max, math.min

local function load(key)
  local kept, b = redis.call('HMGET', key, unpack(names)), {}
  for i, name in ipairs(names) do b[name] = tonumber(kept[i]) or 0 end
  local by = b.used - now
  if by > 0 then -- The clock was set back.
    for _, name in ipairs({'tat', 'next', 'calm', 'blocked', 'resets', 'used'}) do b[name] = b[name] - by end
    b.back = true
  end
  return b
end

local function keep(key, b)
  b.used = now
  local text, last = {}, max(b.tat, b.calm, b.blocked, b.resets)
  for i, name in ipairs(names) do
    text[2 * i - 1], text[2 * i] = name, string.format('%.0f', b[name])
  end
  if b.lowered > 0 then last = max(last, now + day) end
  redis.call('HSET', key, unpack(text))
  redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(max(last - now, 0) / 1000) + 1000))
end

local function figures(i, size)
  local f = {}
  for n = 1, size do f[n] = tonumber(ARGV[4 + (i - 1) * size + n]) end
  return f
end

local function allows(b, declared)
  if b.lowered > 0 and b.lowered < declared then return b.lowered end
  return declared
end

local function spent(b, d, at)
  b.tat = max(b.tat, at + (d[4] - 1) * d[5])
  b.calm = max(b.calm, at + d[7] + 1)
end

local function free(b, d)
  local at = b.tat + (d[1] - d[4]) * d[5]
  if d[6] > 0 then at = min(at, max(b.calm, b.next + (d[1] - 1) * d[6])) end
  return at
end

local function went(b, d, at)
  b.tat = max(b.tat, at) + d[1] * d[5]
  if d[6] == 0 then return end
  if at < b.next + (d[1] - 1) * d[6] - math.floor(d[6] / 66) then b.calm = max(b.calm, at + d[7] + 1) end
  b.tat = min(b.tat, max(at, b.next) + d[4] * d[5])
  b.next = max(b.next, at + d[1] * d[6])
end

local function reserve()
  local at, late, class, booked, all = now, 0, ratelimited, true, {}
  for i, key in ipairs(KEYS) do
    local b, d = load(key), figures(i, 8)
    all[i] = {b = b, d = d, before = {b.tat, b.next, b.calm}}
    if allows(b, d[2]) ~= d[3] then booked = false end
    if d[8] == 1 then
      spent(b, d, now)
      all[i].before = {b.tat, b.next, b.calm}
    end
    local held = max(at, b.blocked)
    local goes = held
    if b.left < d[1] then goes = max(goes, b.resets) end
    if d[5] > 0 then goes = max(goes, free(b, d)) end
    if goes > at then
      at, late, class = goes, i, ratelimited
      if goes == held then class = b.class end
    end
  end
  booked = booked and at - now <= longest
  local answer = {booked and 1 or 0, at - now, at, late, class}
  for i, key in ipairs(KEYS) do
    local b, d, lowered = all[i].b, all[i].d, 0
    if booked then
      if b.resets > at then b.left, lowered = b.left - d[1], b.resets end
      if d[5] > 0 then went(b, d, at) end
    end
    if booked or b.back then keep(key, b) end
    local known = b.resets > now
    for _, n in ipairs({allows(b, d[2]), known and b.left or 0, known and b.resets - now or 0, lowered,
      all[i].before[1], all[i].before[2], all[i].before[3], b.tat, b.next, b.calm}) do
      answer[#answer + 1] = n
    end
  end
  return answer
end

local function cancel()
  for i, key in ipairs(KEYS) do
    local b, u = load(key), figures(i, 8)
    if b.tat == u[6] and b.next == u[7] and b.calm == u[8] then b.tat, b.next, b.calm = u[3], u[4], u[5] end
    if u[2] ~= 0 and b.resets == u[2] then b.left = b.left + u[1] end
    keep(key, b)
  end
  return {}
end

local function note()
  for i, key in ipairs(KEYS) do
    local b, n = load(key), figures(i, 13)
    if n[9] > 0 then b.lowered = n[9] < n[2] and n[9] or 0 end
    if n[11] > 0 then
      if now + n[11] - b.resets > samewindow then
        b.left, b.resets = n[10], now + n[11]
      else
        b.left = min(b.left, n[10])
      end
    end
    local till = now + n[12]
    if n[12] > 0 and till > b.blocked then
      b.blocked, b.class = till, n[13]
      spent(b, n, till)
    end
    keep(key, b)
  end
  return {}
end

if what == 'reserve' then return reserve() end
if what == 'cancel' then return cancel() end
return note()
