namespace Relais.Simulators;

/// <summary>
/// The outcomes of the magic recipients. +1 500 555 RRNN, with or without whatsapp:, gets the outcome of range RR (10 to 99), for any NN.
/// +1 500 555 0001 to 0009 behave as the test numbers of Twilio.
/// </summary>
internal static class Outcomes
{
    private const string Prefix = "+1500555";

    public static IReadOnlyDictionary<int, Outcome> Ranges { get; } = new Dictionary<int, Outcome>
    {
        [10] = Outcome.Delivered,
        [11] = Outcome.Read,
        [12] = Outcome.Undelivered(30003),
        [13] = Outcome.Undelivered(30005),
        [14] = Outcome.Undelivered(30006),
        [15] = Outcome.Undelivered(30007),
        [16] = Outcome.Failed(30008),
        [17] = Outcome.Failed(63024),
        [18] = Outcome.Failed(63016),
        [19] = Outcome.Failed(63015),
        [20] = Refused("refused-21211", 21211, "Invalid 'To' Phone Number"),
        [21] = Refused("refused-21610", 21610, "Attempt to send to unsubscribed recipient"),
        [22] = new("busy-429", "429 with 20429, nothing accepted") { Refusal = TwilioFault.Busy },
        [23] = new("error-500", "500 with 20500, nothing accepted") { Refusal = TwilioFault.Internal },
        [24] = new("unavailable-503", "503 with an HTML page, nothing accepted") { Wire = WireFault.HtmlUnavailable },
        [25] = new("hang-before", "no answer, nothing accepted") { Wire = WireFault.HangBefore },
        [26] = new("hang-after", "accepted, but no answer") { Wire = WireFault.HangAfter },
        [27] = new("cut-before", "connection cut, nothing accepted") { Wire = WireFault.CutBefore },
        [28] = new("cut-after", "accepted, then the connection is cut") { Wire = WireFault.CutAfter },
        [29] = new("early-callback", "a callback arrives before the answer") { Callbacks = CallbackFaults.Early },
        [30] = new("duplicate-callbacks", "each callback three times") { Callbacks = CallbackFaults.Duplicate },
        [31] = new("shuffled-callbacks", "callbacks in reverse order") { Callbacks = CallbackFaults.Reversed },
        [32] = new("late-callbacks", "callbacks late") { Callbacks = CallbackFaults.Late },
        [33] = new("dropped-callbacks", "no callback") { Callbacks = CallbackFaults.Dropped },
        [34] = new("stays-sent", "status stays at sent") { Final = MessageStatus.Sent },
        [35] = new("busy-once", "first request 429, later messages delivered") { Refusal = TwilioFault.Busy, OnlyFirst = true },
        [36] = new("unavailable-once", "first request 503 with an HTML page, later messages delivered")
        {
            Wire = WireFault.HtmlUnavailable,
            OnlyFirst = true,
        },
        [37] = Outcome.Undelivered(30003) with
        {
            Name = "undelivered-once-30003",
            Meaning = "first message undelivered with 30003, later messages delivered",
            OnlyFirst = true,
        },
        [38] = new("lost", "accepted, connection cut, and no callback") { Wire = WireFault.CutAfter, Callbacks = CallbackFaults.Dropped },
        [39] = Outcome.Failed(63018),
        [40] = Outcome.Failed(63049),
        [41] = new("cut-after-once", "first request accepted and cut, later messages delivered")
        {
            Wire = WireFault.CutAfter,
            OnlyFirst = true,
        },
        [42] = new("duplicate-shuffled-late", "callbacks three times, in reverse order and late")
        {
            Callbacks = CallbackFaults.Duplicate | CallbackFaults.Reversed | CallbackFaults.Late,
        },
    };

    private static readonly Dictionary<string, Outcome> TestNumbers = new(StringComparer.Ordinal)
    {
        ["+15005550001"] = Refused("refused-21211", 21211, "Invalid 'To' Phone Number"),
        ["+15005550002"] = Refused("refused-21612", 21612, "The 'To' phone number is not currently reachable via SMS"),
        ["+15005550003"] = Refused("refused-21408", 21408, "Permission to send an SMS has not been enabled for the region"),
        ["+15005550004"] = Refused("refused-21610", 21610, "Attempt to send to unsubscribed recipient"),
        ["+15005550009"] = Refused("refused-21614", 21614, "'To' number is not a valid mobile number"),
    };

    private static readonly Dictionary<string, Outcome> ByName = Ranges.Values.Concat(TestNumbers.Values)
        .DistinctBy(outcome => outcome.Name)
        .ToDictionary(outcome => outcome.Name, StringComparer.Ordinal);

    public static Outcome? FindByName(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Finds the outcome of a magic recipient; null for any other address.</summary>
    public static Outcome? FindForTestNumber(string address)
    {
        var number = address.StartsWith("whatsapp:", StringComparison.Ordinal) ? address[9..] : address;
        if (number.Length != Prefix.Length + 4 || !number.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var range = ((number[^4] - '0') * 10) + (number[^3] - '0');
        return TestNumbers.GetValueOrDefault(number) ?? Ranges.GetValueOrDefault(range);
    }

    private static Outcome Refused(string name, int code, string message) =>
        new(name, $"refused with {code}") { Refusal = TwilioFault.BadRequest(code, message) };
}
