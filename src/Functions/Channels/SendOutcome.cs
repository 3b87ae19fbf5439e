namespace Relais.Channels;

/// <summary>What one provider call came to.</summary>
internal abstract record SendOutcome
{
    /// <summary>The provider took it under <paramref name="Sid"/> with its first status.</summary>
    internal sealed record Accepted(string Sid, string Status) : SendOutcome;

    /// <summary>The provider answered no; the catalogue says what follows from the code.</summary>
    internal sealed record Rejected(string Code, int HttpStatus) : SendOutcome;

    /// <summary>The request certainly never left.</summary>
    internal sealed record NotSent(string Code) : SendOutcome;

    /// <summary>Claimed, but its time to leave passed before it left: it goes back unharmed.</summary>
    internal sealed record NotSentInTime : SendOutcome;

    /// <summary>The provider may or may not have it: only its callback or its list can tell.</summary>
    internal sealed record Unknown(string Code) : SendOutcome;
}
