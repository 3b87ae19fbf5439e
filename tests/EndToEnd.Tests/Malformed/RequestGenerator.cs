using System.Text;

namespace EndToEnd.Tests.Malformed;

/// <summary>A request as it is sent, and the properties that decide which answers are valid.</summary>
internal sealed record MalformedRequest(
    int Number, DocumentedRoute Route, string Method, byte[] Bytes, bool IsElsewhere, bool IsForServer, bool MaySeemMany, RequestEnd Ending,
    string Faults)
{
    private const int MaxPrinted = 1_500;

    public bool IsHead => Method == "HEAD";

    /// <summary>The request for a failure message, with one character for each byte.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var value in Bytes.AsSpan(0, Math.Min(Bytes.Length, MaxPrinted)))
        {
            text.Append(value is >= 0x20 and < 0x7f or (byte)'\n' ? ((char)value).ToString() : value == '\r' ? "" : $"\\x{value:x2}");
        }

        return $"#{Number}, {Faults}\n{text}{(Bytes.Length > MaxPrinted ? $"… ({Bytes.Length} bytes)" : "")}";
    }
}

/// <summary>
/// Builds the request with a given number of a seed. A request that could change data is always invalid: its body is invalid, its id does
/// not exist, or its credential is refused. Further faults are added.
/// </summary>
internal sealed class RequestGenerator(int seed, IReadOnlyList<DocumentedRoute> routes, RequestContext world)
{
    private static readonly Fault NoFault = new("", (_, _) => { });

    private static readonly (int Share, Func<SeededChoices, Fault> Choice)[] ForBodies =
    [
        (55, _ => NoFault), (9, ContentFaults.Pick), (12, HeaderFaults.Pick), (5, TargetFaults.PickPath), (2, TargetFaults.PickMethod),
        (6, QueryFaults.Pick), (6, FramingFaults.Pick), (5, SizeFaults.Pick),
    ];

    private static readonly (int Share, Func<SeededChoices, Fault> Choice)[] ForNoBodies =
    [
        (30, QueryFaults.Pick), (25, HeaderFaults.Pick), (22, TargetFaults.PickPath), (9, TargetFaults.PickMethod),
        (5, ContentFaults.Pick), (7, FramingFaults.Pick), (2, SizeFaults.Pick),
    ];

    // Routes that take a body have more input that can be invalid, so they are picked more often.
    private readonly (int Share, DocumentedRoute Route)[] shares = [.. routes.Select(route => (route.BodyMedia is null ? 1 : 3, route))];

    public MalformedRequest Make(int number)
    {
        var dice = new SeededChoices(seed, number);
        var route = dice.Weighted(shares);
        var draft = new RequestSpec(route, world);
        draft.Path = TargetFaults.Filled(
            route.Template,
            () =>
                (route.BodyMedia is not null || route.IsRead) && dice.Percent(30)
                    ? dice.Among(world.Ids).ToString()
                    : dice.Id().ToString());
        AddCredential(draft, dice);
        if (route.BodyMedia is not null)
        {
            AddBody(draft, dice);
        }

        var choices = route.BodyMedia is null ? ForNoBodies : ForBodies;
        for (var count = dice.Percent(12) ? 2 : 1; count > 0; count--)
        {
            Apply(draft, dice.Weighted(choices)(dice), dice);
        }

        if (draft.IsTooMuchForServer && !draft.IsForServer)
        {
            draft.ForServer(draft.Ending == RequestEnd.Next ? RequestEnd.Last : draft.Ending);
        }

        return new MalformedRequest(
            number, route, draft.Method, draft.ToBytes(), draft.IsElsewhere, draft.IsForServer, draft.MaySeemMany, draft.Ending,
            string.Join(", ", draft.Faults.Prepend(route.Name)));
    }

    private static void Apply(RequestSpec draft, Fault fault, SeededChoices dice)
    {
        // After a framing fault the answer to a second fault could not be predicted.
        if (draft.FramesItself || draft.Head is not null)
        {
            return;
        }

        fault.Apply(draft, dice);
        if (fault.Name.Length > 0)
        {
            draft.Faults.Add(fault.Name);
        }
    }

    private static void AddBody(RequestSpec draft, SeededChoices dice)
    {
        var route = draft.Route;
        draft.Headers.Add(("Content-Type", route.BodyMedia!));
        Apply(
            draft,
            route.Body is null
                ? OtherBodies.PickFor(route.BodyMedia!, dice)
                : dice.Percent(8) ? OtherBodies.PickStrange(dice)
                : JsonBodies.Pick(dice),
            dice);
        if (route.SaysStatusOnly && dice.Percent(80))
        {
            draft.Headers.Add(("X-Twilio-Signature", Convert.ToBase64String(dice.Bytes(20))));
        }
    }

    private static void AddCredential(RequestSpec draft, SeededChoices dice)
    {
        var route = draft.Route;
        if (route.IsOpen || dice.Percent(10))
        {
            return;
        }

        var useKey = dice.Percent(route.TakesKeys ? 50 : 6);
        var credential = useKey ? dice.Among(draft.World.Keys) : dice.Percent(75) ? draft.World.Tokens[0] : dice.Among(draft.World.Tokens);
        draft.Headers.Add(useKey && dice.Percent(30) ? ("X-Api-Key", credential) : ("Authorization", $"Bearer {credential}"));
        if (route.CannotBeWrong)
        {
            draft.Headers.Add(("X-Tenant", "nobody-s"));
        }
    }
}
