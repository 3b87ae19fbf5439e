using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using NpgsqlTypes;
using Relais.Kit;
using Relais.Platform.Database;

namespace Functions.Tests.Platform;

public sealed class TypedParametersTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTime Start = new(2026, 1, 5, 9, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(typeof(DateTime?[]), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz)]
    [InlineData(typeof(DateTime[]), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz)]
    [InlineData(typeof(double?[]), NpgsqlDbType.Array | NpgsqlDbType.Double)]
    [InlineData(typeof(string[]), NpgsqlDbType.Array | NpgsqlDbType.Text)]
    [InlineData(typeof(Guid?[]), NpgsqlDbType.Array | NpgsqlDbType.Uuid)]
    [InlineData(typeof(byte[][]), NpgsqlDbType.Array | NpgsqlDbType.Bytea)]
    [InlineData(typeof(byte[]), NpgsqlDbType.Bytea)]
    [InlineData(typeof(DateTime?), NpgsqlDbType.TimestampTz)]
    public void FieldTrial_F01_The_database_type_follows_from_the_declared_type(Type type, NpgsqlDbType expected) =>
        Assert.Equal(expected, TypedParameters.FindType(type));

    [Theory]
    [InlineData(typeof(object))]
    [InlineData(typeof(object[]))]
    [InlineData(typeof(List<string>))]
    [InlineData(typeof(DayOfWeek))]
    public void FieldTrial_F01_A_type_without_a_known_database_type_is_refused(Type type) =>
        Assert.Throws<NotSupportedException>(() => TypedParameters.FindType(type));

    [Fact]
    public async Task FieldTrial_F01_Arrays_keep_their_values_whatever_the_order_of_nulls()
    {
        await using var source = NpgsqlDataSource.Create(postgres.Database.Superuser);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var flags = Gen.ListOf(Gen.Elements(true, false)).Where(list => list.Count < 20).ToArbitrary();

        Prop.ForAll(flags, list => EchoAsync(transaction, [.. list]).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();
    }

    /// <summary>Sends arrays with nulls where the flags say so, of every nullable type that statements use, and compares what comes back.</summary>
    private static async Task<bool> EchoAsync(NpgsqlTransaction transaction, bool[] isNull)
    {
        T?[] Values<T>(Func<int, T> value) where T : struct => [.. isNull.Select((empty, n) => empty ? (T?)null : value(n))];
        var sent = new
        {
            Times = Values(n => Start.AddSeconds(n)),
            Offsets = Values(n => new DateTimeOffset(Start.AddSeconds(n))),
            Ids = Values(n => new Guid(n, 0, 0, new byte[8])),
            Numbers = Values(n => n),
            Longs = Values(n => (long)n),
            Ages = Values(n => n / 4.0),
            Flags = Values(n => n % 2 == 0),
            Waits = Values(n => TimeSpan.FromSeconds(n)),
            Texts = isNull.Select((empty, n) => empty ? null : $"text {n}").ToArray(),
        };

        var back = await transaction.QueryAsync<Row>(
            """
            select * from unnest(@Times, @Offsets, @Ids, @Numbers, @Longs, @Ages, @Flags, @Waits, @Texts)
              as r (time, "offset", id, number, long, age, flag, wait, text)
            """,
            sent, CancellationToken.None);

        return back.Select(row => row.Time).SequenceEqual(sent.Times)
            && back.Select(row => row.Offset).SequenceEqual(sent.Offsets.Select(at => at?.UtcDateTime))
            && back.Select(row => row.Id).SequenceEqual(sent.Ids)
            && back.Select(row => row.Number).SequenceEqual(sent.Numbers)
            && back.Select(row => row.Long).SequenceEqual(sent.Longs)
            && back.Select(row => row.Age).SequenceEqual(sent.Ages)
            && back.Select(row => row.Flag).SequenceEqual(sent.Flags)
            && back.Select(row => row.Wait).SequenceEqual(sent.Waits)
            && back.Select(row => row.Text).SequenceEqual(sent.Texts);
    }

    private sealed class Row
    {
        public DateTime? Time { get; init; }
        public DateTime? Offset { get; init; }
        public Guid? Id { get; init; }
        public int? Number { get; init; }
        public long? Long { get; init; }
        public double? Age { get; init; }
        public bool? Flag { get; init; }
        public TimeSpan? Wait { get; init; }
        public string? Text { get; init; }
    }
}
