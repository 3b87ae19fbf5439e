using System.Diagnostics;
using System.Text;
using Functions.Tests.Privacy;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Platform.Http;

namespace Functions.Tests.Contacts;

public sealed class SlowUploadTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Sessions = """
        select count(*) from pg_stat_activity
        where datname = current_database() and usename = 'relais_app' and (state like 'idle in transaction%' or state = 'active')
        """;

    private const string Locks = """
        select count(*) from pg_locks l join pg_stat_activity a using (pid)
        where a.datname = current_database() and a.usename = 'relais_app' and (l.locktype = 'advisory' or l.mode not like '%ShareLock')
        """;

    [Fact]
    public async Task Review_B02_A_stalled_upload_holds_no_lock_and_blocks_no_other_request()
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        await world.ImportAsync("620900001");
        using var upload = new StallingStream(Rows(1_001));

        var slow = world.Get<ImportContacts>().RunAsync(world.Owner, new ImportContacts.Input(upload, "slow.csv", "lents", false), default);
        await upload.Stalled;
        var (sessions, locks) = (await world.OneAsync<int>(Sessions), await world.OneAsync<int>(Locks));
        var second = await world.ImportAsync("620900002").WaitAsync(TimeSpan.FromSeconds(15));
        var erased = await world.EraseAsync("+224620900001").WaitAsync(TimeSpan.FromSeconds(15));
        upload.Continue(Rows(1_000, from: 1_002, header: false));
        var output = (await slow).Value;

        Assert.Equal((0, 0), (sessions, locks));
        Assert.NotEqual(Guid.Empty, second);
        Assert.Equal(1, erased.Contacts);
        Assert.Equal((2_001, 2_001), (output.Rows, output.Created));
        Assert.Equal(2_002, await world.OneAsync<int>("select count(*) from contacts where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Fact]
    public async Task Review_B02_An_aborted_upload_leaves_no_data()
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        using var upload = new StallingStream(Rows(60_000));
        var before = TemporaryFiles();

        var slow = world.Get<ImportContacts>().RunAsync(world.Owner, new ImportContacts.Input(upload, "", null, false), default);
        await upload.Stalled;
        Assert.NotEmpty(TemporaryFiles().Except(before));
        upload.Break();

        await Assert.ThrowsAsync<ConnectionResetException>(() => slow);
        Assert.Empty(TemporaryFiles().Except(before));
        Assert.Equal((0, 0), (
            await world.OneAsync<int>("select count(*) from contacts where tenant_id = @Tenant", new { world.Tenant }),
            await world.OneAsync<int>("select count(*) from contact_imports where tenant_id = @Tenant", new { world.Tenant })));
    }

    [Fact]
    public async Task Review_B02_An_upload_that_takes_too_long_is_answered_408()
    {
        using var upload = new StallingStream(Rows(10));

        var timeout = await Assert.ThrowsAsync<BadHttpRequestException>(
            () => UploadSpool.ReadAsync(upload, TimeSpan.FromMilliseconds(50), TimeProvider.System, default));

        Assert.Equal(408, timeout.StatusCode);
        Assert.Equal(408, ProblemMiddleware.ToProblem(timeout).Status);
    }

    [Fact]
    public async Task Review_B02_A_cancelled_upload_is_not_a_timeout()
    {
        using var upload = new StallingStream(Rows(10));
        using var caller = new CancellationTokenSource();

        var reading = UploadSpool.ReadAsync(upload, TimeSpan.FromMinutes(1), TimeProvider.System, caller.Token);
        await upload.Stalled;
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task Review_B02_An_upload_above_the_limit_is_aborted()
    {
        using var upload = new MemoryStream(new byte[CsvUpload.Limit + 1]);

        await Assert.ThrowsAsync<BodyTooLargeException>(
            () => UploadSpool.ReadAsync(upload, TimeSpan.FromMinutes(1), TimeProvider.System, default));
    }

    [Fact]
    public void Review_B02_The_largest_file_is_read_in_bounded_memory()
    {
        // 200,000 rows of 130 bytes are more than 25 MB.
        var text = new StringBuilder("phone;prénom;nom;ville;quartier;note;code\n", CsvUpload.Limit);
        for (var i = 0; i < ContactFile.MaxRows; i++)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"62{i:D7};Client {i:D6};Famille {i:D6};Conakry {i:D6};Kaloum {i:D6};une note de quelque longueur {i:D6};C{i:D7}\n");
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        text.Clear();
        text.Capacity = 0;
        Assert.InRange(bytes.Length, 20 * 1024 * 1024, CsvUpload.Limit);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var watch = Stopwatch.StartNew();
        var file = ReadFile.Of(bytes);
        var retained = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal(ContactFile.MaxRows, file.Rows.Count);
        Assert.True(retained < 60 * 1024 * 1024, $"{retained / 1024 / 1024} MB retained after {watch.Elapsed}");
        GC.KeepAlive(file);
    }

    [Fact]
    public async Task Review_B02_Idle_transactions_of_the_app_roles_time_out()
    {
        foreach (var role in new[] { postgres.App, postgres.System })
        {
            await using var connection = new Npgsql.NpgsqlConnection(role);
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand("show idle_in_transaction_session_timeout", connection);

            Assert.Equal("1min", await command.ExecuteScalarAsync());
        }
    }

    private static HashSet<string> TemporaryFiles() =>
        [.. Directory.EnumerateFiles(Environment.GetEnvironmentVariable("ASPNETCORE_TEMP") ?? Path.GetTempPath(), "ASPNETCORE_*")];

    private static byte[] Rows(int count, int from = 1, bool header = true) =>
        Encoding.UTF8.GetBytes(
            (header ? "phone;prénom\n" : "") + string.Concat(
                Enumerable.Range(from, count).Select(i => $"621{i:D6};Client {i:D6} de Conakry\n")));

    /// <summary>A stream that returns its first part, and then waits for <see cref="Continue"/> or <see cref="Break"/>.</summary>
    private sealed class StallingStream(byte[] first) : Stream
    {
        private readonly TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<byte[]> secondPart = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private MemoryStream part = new(first);
        private bool isLast;

        public Task Stalled => stalled.Task;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Continue(byte[] bytes) => secondPart.SetResult(bytes);

        public void Break() => secondPart.SetException(new ConnectionResetException("gone"));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = part.Read(buffer.Span);
            if (read == 0 && !isLast)
            {
                stalled.TrySetResult();
                part = new MemoryStream(await secondPart.Task.WaitAsync(cancellationToken));
                isLast = true;
                read = part.Read(buffer.Span);
            }

            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            part.Dispose();
            base.Dispose(disposing);
        }
    }
}
