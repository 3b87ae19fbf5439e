namespace Relais.Access.Members;

/// <summary>A row of the table members.</summary>
internal sealed record MemberRow
{
    public required Guid Id { get; init; }
    public required string Subject { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
}
