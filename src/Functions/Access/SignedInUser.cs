using Microsoft.Azure.Functions.Worker;

namespace Relais.Access;

/// <summary>Who signed in, as the access token says; not yet a member of anything.</summary>
/// <param name="Issuer">As the setting Access:Issuer has it.</param>
/// <param name="Subject">Permanent at the issuer; 255 characters at most.</param>
/// <param name="Name">For people to read; may be empty.</param>
/// <param name="Email">Not proven; for people to read only.</param>
internal sealed record SignedInUser(string Issuer, string Subject, string Name, string? Email)
{
    public Actor Actor => new(ActorKind.Person, Subject, Name);
}

internal static class SignedInUserContext
{
    private static readonly object Key = new();

    /// <summary>Who signed in; only for functions with [SignedIn].</summary>
    public static SignedInUser Person(this FunctionContext context) =>
        context.Items.TryGetValue(Key, out var person)
            ? (SignedInUser)person
            : throw new InvalidOperationException($"{context.FunctionDefinition.Name} is called by nobody who signed in.");

    public static void SetSignedInUser(this FunctionContext context, SignedInUser person) => context.Items[Key] = person;
}
