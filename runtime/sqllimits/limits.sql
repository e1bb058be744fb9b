CREATE UNLOGGED TABLE IF NOT EXISTS porin_limits (
	key     text   PRIMARY KEY,
	tat     bigint NOT NULL DEFAULT 0,
	next    bigint NOT NULL DEFAULT 0,
	calm    bigint NOT NULL DEFAULT 0,
	blocked bigint NOT NULL DEFAULT 0,
	class   bigint NOT NULL DEFAULT 0,
	lowered bigint NOT NULL DEFAULT 0,
	remains bigint NOT NULL DEFAULT 0,
	resets  bigint NOT NULL DEFAULT 0,
	used    bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- porin_limits does one thing to all of its keys or to none, and returns numbers with commas
-- between them. It locks in the order of the keys and looks at the clock after that. The arithmetic
-- is that of runtime.MemoryLimits.
CREATE OR REPLACE FUNCTION porin_limits(what text, clock bigint, longest bigint, ratelimited bigint, names text, numbers text)
RETURNS text LANGUAGE plpgsql AS $porin$
DECLARE
	keys   text[]   := string_to_array(names, E'\n');
	f      bigint[] := string_to_array(numbers, ',')::bigint[];
	size   int      := coalesce(array_length(f, 1), 0) / greatest(array_length(keys, 1), 1);
	all_b  porin_limits[];
	b      porin_limits;
	now    bigint;
	at     bigint;
	held   bigint;
	goes   bigint;
	late   bigint := 0;
	class  bigint := ratelimited;
	booked boolean := true;
	o      int;
	lowers bigint;
	answer bigint[];
	tail   bigint[] := '{}';
	before bigint[];
BEGIN
	FOR i IN 1 .. array_length(keys, 1) LOOP
		LOOP
			SELECT * INTO b FROM porin_limits l WHERE l.key = keys[i] FOR UPDATE;
			EXIT WHEN FOUND;
			INSERT INTO porin_limits (key) VALUES (keys[i]) ON CONFLICT (key) DO NOTHING;
		END LOOP;
		all_b[i] := b;
	END LOOP;
	now := CASE WHEN clock >= 0 THEN clock ELSE (extract(epoch FROM clock_timestamp()) * 1000000)::bigint END;
	at := now;
	FOR i IN 1 .. array_length(keys, 1) LOOP
		b := all_b[i];
		IF b.used > now THEN -- The clock was set back.
			b.tat := b.tat - (b.used - now);
			b.next := b.next - (b.used - now);
			b.calm := b.calm - (b.used - now);
			b.blocked := b.blocked - (b.used - now);
			b.resets := b.resets - (b.used - now);
			UPDATE porin_limits l SET tat = b.tat, next = b.next, calm = b.calm, blocked = b.blocked, resets = b.resets, used = now WHERE l.key = keys[i];
			b.used := now;
			all_b[i] := b;
		END IF;
	END LOOP;

	IF what = 'reserve' THEN
		FOR i IN 1 .. array_length(keys, 1) LOOP
			b := all_b[i];
			o := (i - 1) * size;
			IF (CASE WHEN b.lowered > 0 AND b.lowered < f[o+2] THEN b.lowered ELSE f[o+2] END) <> f[o+3] THEN
				booked := false;
			END IF;
			IF f[o+8] = 1 THEN
				b.tat := greatest(b.tat, now + (f[o+4] - 1) * f[o+5]);
				b.calm := greatest(b.calm, now + f[o+7] + 1);
				all_b[i] := b;
			END IF;
			held := greatest(at, b.blocked);
			goes := held;
			IF b.remains < f[o+1] THEN
				goes := greatest(goes, b.resets);
			END IF;
			IF f[o+5] > 0 THEN
				goes := greatest(goes, CASE WHEN f[o+6] > 0
					THEN least(b.tat + (f[o+1] - f[o+4]) * f[o+5], greatest(b.calm, b.next + (f[o+1] - 1) * f[o+6]))
					ELSE b.tat + (f[o+1] - f[o+4]) * f[o+5] END);
			END IF;
			IF goes > at THEN
				class := CASE WHEN goes = held THEN b.class ELSE ratelimited END;
				at := goes;
				late := i;
			END IF;
		END LOOP;
		booked := booked AND at - now <= longest;
	END IF;

	FOR i IN 1 .. array_length(keys, 1) LOOP
		b := all_b[i];
		o := (i - 1) * size;
		before := ARRAY[b.tat, b.next, b.calm];
		lowers := 0;
		IF what = 'reserve' AND booked THEN
			IF b.resets > at THEN
				b.remains := b.remains - f[o+1];
				lowers := b.resets;
			END IF;
			IF f[o+5] > 0 THEN
				b.tat := greatest(b.tat, at) + f[o+1] * f[o+5];
				IF f[o+6] > 0 THEN
					IF at < b.next + (f[o+1] - 1) * f[o+6] - f[o+6] / 66 THEN
						b.calm := greatest(b.calm, at + f[o+7] + 1);
					END IF;
					b.tat := least(b.tat, greatest(at, b.next) + f[o+4] * f[o+5]);
					b.next := greatest(b.next, at + f[o+1] * f[o+6]);
				END IF;
			END IF;
		ELSIF what = 'cancel' THEN
			IF b.tat = f[o+6] AND b.next = f[o+7] AND b.calm = f[o+8] THEN
				b.tat := f[o+3];
				b.next := f[o+4];
				b.calm := f[o+5];
			END IF;
			IF f[o+2] <> 0 AND b.resets = f[o+2] THEN
				b.remains := b.remains + f[o+1];
			END IF;
		ELSIF what = 'note' THEN
			IF f[o+9] > 0 THEN
				b.lowered := CASE WHEN f[o+9] < f[o+2] THEN f[o+9] ELSE 0 END;
			END IF;
			IF f[o+11] > 0 THEN
				IF now + f[o+11] - b.resets > 2000000 THEN
					b.remains := f[o+10];
					b.resets := now + f[o+11];
				ELSE
					b.remains := least(b.remains, f[o+10]);
				END IF;
			END IF;
			IF f[o+12] > 0 AND now + f[o+12] > b.blocked THEN
				b.blocked := now + f[o+12];
				b.class := f[o+13];
				b.tat := greatest(b.tat, b.blocked + (f[o+4] - 1) * f[o+5]);
				b.calm := greatest(b.calm, b.blocked + f[o+7] + 1);
			END IF;
		END IF;
		IF what <> 'reserve' OR booked THEN
			UPDATE porin_limits l SET tat = b.tat, next = b.next, calm = b.calm, blocked = b.blocked, class = b.class,
				lowered = b.lowered, remains = b.remains, resets = b.resets, used = now WHERE l.key = keys[i];
		END IF;
		IF what = 'reserve' THEN
			tail := tail || ARRAY[CASE WHEN b.lowered > 0 AND b.lowered < f[o+2] THEN b.lowered ELSE f[o+2] END,
				CASE WHEN b.resets > now THEN b.remains ELSE 0 END, greatest(b.resets - now, 0), lowers] || before || ARRAY[b.tat, b.next, b.calm];
		END IF;
	END LOOP;
	answer := ARRAY[CASE WHEN booked THEN 1 ELSE 0 END, at - now, at, late, class];
	RETURN array_to_string(answer || tail, ',');
END
$porin$;
