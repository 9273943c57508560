-- wrk: POST /page with one visit token after the other; prints one line of JSON at the end.
local tokens, at = {}, 0

function init(args)
  for line in io.lines(args[1]) do tokens[#tokens + 1] = line end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  at = at % #tokens + 1
  return wrk.format(nil, nil, nil, "visit=" .. tokens[at])
end

function done(summary, latency, requests)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format('{"p50": %f, "p95": %f, "rate": %f, "errors": %d}\n',
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, summary.requests / (summary.duration / 1e6), errors))
end
