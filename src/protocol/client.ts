/**
 * The typed client: one method for each path of a node. For the CLI, the dashboard and other people's programs; runs in
 * browsers.
 *
 *   const node = new ApiClient({ baseUrl: 'http://localhost:8000' });
 *   const { balance } = await node.balance(address);
 *
 * Every method throws {@link ApiError} when the node refuses, {@link NodeUnreachableError} when nobody answers and
 * {@link UnexpectedAnswerError} when something else does.
 */
import type {
  AddPeerAnswer,
  AddressAnswer,
  BalanceAnswer,
  BanPeerAnswer,
  BlockAnswer,
  BlocksAnswer,
  BlocksQuery,
  BlockStatsAnswer,
  BlockStatsQuery,
  Block as BlockMessage,
  ChainAnswer,
  ChainInfoAnswer,
  ChainTreeAnswer,
  ChainTreeQuery,
  ChainTipsAnswer,
  CheckTransactionAnswer,
  CoinAgesAnswer,
  CoinAnswer,
  HeadersAnswer,
  HeadersQuery,
  HealthAnswer,
  HistoryAnswer,
  HistoryEntry,
  HistoryQuery,
  MempoolAnswer,
  MempoolEntryAnswer,
  MempoolInfoAnswer,
  MempoolQuery,
  MempoolTemplateAnswer,
  MineAnswer,
  MiningFoundAnswer,
  MiningStatusAnswer,
  MiningTemplateAnswer,
  ParamsAnswer,
  PeerChangeAnswer,
  PeerMessagesAnswer,
  PeerMessagesQuery,
  PeersAnswer,
  ReadyAnswer,
  SandboxAction,
  SandboxAnswer,
  SandboxEndAnswer,
  SubmitBlockAnswer,
  SubmitTransactionAnswer,
  SyncAnswer,
  TransactionAnswer,
  TransactionProofAnswer,
  Utxo,
  UtxosAnswer,
  UtxosQuery,
} from './schemas.ts';
import { ApiError } from './client-errors.ts';
import { type CallOptions, NodeCalls } from './node-calls.ts';

export type { ApiClientOptions, CallOptions } from './node-calls.ts';

/** A transaction or a block to hand in: its full bytes, or its JSON form. */
export type Submission = Uint8Array | Readonly<Record<string, unknown>> | object;

/** Asks the node to keep the connection warm with 102 responses during a long search: Node's fetch gives up after 5 minutes of silence. */
export const KEEP_WAITING_HEADER = 'x-keep-waiting';

export class ApiClient extends NodeCalls {
  // --- The node ---------------------------------------------------------------------------------------------------

  health(options?: CallOptions): Promise<HealthAnswer> {
    return this.get('/health', {}, options);
  }

  /** Also answers while the node starts or stops, when the status is 503. */
  async ready(options?: CallOptions): Promise<ReadyAnswer> {
    try {
      return await this.get<ReadyAnswer>('/ready', {}, options);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 503) throw error;
      return { ready: false, state: error.reason === 'starting' ? 'starting' : 'stopping' };
    }
  }

  params(options?: CallOptions): Promise<ParamsAnswer> {
    return this.get('/params', {}, options);
  }

  // --- The chain --------------------------------------------------------------------------------------------------

  /** The whole chain in one answer: only for small ones; see {@link allBlocks}. */
  chain(options?: CallOptions): Promise<ChainAnswer> {
    return this.get('/chain', {}, options);
  }

  /** Whole blocks from a height up. */
  chainPage(page: { from: number; limit?: number }, options?: CallOptions): Promise<ChainAnswer> {
    return this.get('/chain', { from: page.from, limit: page.limit ?? 10 }, options);
  }

  /** All blocks of the active chain from a height up, fetched in pages. */
  async *allBlocks(
    start: { from?: number; pageSize?: number } = {},
    options?: CallOptions,
  ): AsyncGenerator<BlockMessage & { height: number }, void, undefined> {
    for (let from: number | null | undefined = start.from ?? 0; typeof from === 'number';) {
      const page: ChainAnswer = await this.chainPage({ from, limit: start.pageSize ?? 10 }, options);
      for (const [offset, block] of page.blocks.entries()) yield { ...block, height: from + offset };
      from = page.next_from;
    }
  }

  /** Part of the tree of blocks. */
  chainTree(query: ChainTreeQuery = {}, options?: CallOptions): Promise<ChainTreeAnswer> {
    return this.get('/chain/tree', query, options);
  }

  chainInfo(options?: CallOptions): Promise<ChainInfoAnswer> {
    return this.get('/chain/info', {}, options);
  }

  tips(options?: CallOptions): Promise<ChainTipsAnswer> {
    return this.get('/chain/tips', {}, options);
  }

  block(hashOrHeight: string | number, options?: CallOptions): Promise<BlockAnswer> {
    return this.get(`/block/${segment(hashOrHeight)}`, {}, options);
  }

  /** Summaries of blocks; latest first unless told otherwise. */
  blocks(page: BlocksQuery = {}, options?: CallOptions): Promise<BlocksAnswer> {
    return this.get('/blocks', page, options);
  }

  /** Headers, from genesis up unless told otherwise. */
  headers(page: HeadersQuery = {}, options?: CallOptions): Promise<HeadersAnswer> {
    return this.get('/headers', page, options);
  }

  /** Hands in a block, as JSON or as full bytes. */
  submitBlock(block: Submission, options?: CallOptions): Promise<SubmitBlockAnswer> {
    return this.post('/block', block, options);
  }

  // --- Transactions -----------------------------------------------------------------------------------------------

  tx(txid: string, options?: CallOptions): Promise<TransactionAnswer> {
    return this.get(`/tx/${segment(txid)}`, {}, options);
  }

  txProof(txid: string, options?: CallOptions): Promise<TransactionProofAnswer> {
    return this.get(`/tx/${segment(txid)}/proof`, {}, options);
  }

  /** Hands in a transaction, as JSON or as full bytes. */
  submitTx(transaction: Submission, options?: CallOptions): Promise<SubmitTransactionAnswer> {
    return this.post('/tx', transaction, options);
  }

  /** What {@link submitTx} would do, without doing it. A refusal by the rules is an answer here, not an error. */
  checkTx(transaction: Submission, options?: CallOptions): Promise<CheckTransactionAnswer> {
    return this.post('/tx/check', transaction, options);
  }

  coin(txid: string, index: number, options?: CallOptions): Promise<CoinAnswer> {
    return this.get(`/coins/${segment(txid)}/${segment(index)}`, {}, options);
  }

  // --- Addresses --------------------------------------------------------------------------------------------------

  address(address: string, options?: CallOptions): Promise<AddressAnswer> {
    return this.get(`/address/${segment(address)}`, {}, options);
  }

  balance(address: string, at: { height?: number } = {}, options?: CallOptions): Promise<BalanceAnswer> {
    return this.get(`/balance/${segment(address)}`, at, options);
  }

  utxos(address: string, page: UtxosQuery = {}, options?: CallOptions): Promise<UtxosAnswer> {
    return this.get(`/utxos/${segment(address)}`, page, options);
  }

  /** Every unspent coin of an address, fetched in pages. */
  async *allUtxos(
    address: string,
    at: { height?: number; pageSize?: number } = {},
    options?: CallOptions,
  ): AsyncGenerator<Utxo, void, undefined> {
    let cursor: string | undefined;
    do {
      const page: UtxosAnswer = await this.utxos(
        address,
        {
          ...(at.height === undefined ? {} : { height: at.height }),
          ...(at.pageSize === undefined ? {} : { limit: at.pageSize }),
          ...(cursor === undefined ? {} : { cursor }),
        },
        options,
      );
      yield* page.utxos;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }

  history(address: string, page: HistoryQuery = {}, options?: CallOptions): Promise<HistoryAnswer> {
    return this.get(`/address/${segment(address)}/history`, page, options);
  }

  /** The whole history of an address, latest first, fetched in pages. */
  async *allHistory(address: string, options?: CallOptions): AsyncGenerator<HistoryEntry, void, undefined> {
    let cursor: string | undefined;
    do {
      const page: HistoryAnswer = await this.history(
        address,
        cursor === undefined ? {} : { cursor },
        options,
      );
      yield* page.transactions;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }

  // --- Statistics -------------------------------------------------------------------------------------------------

  /** Figures of blocks from a height up, or of the last ones. */
  blockStats(page: BlockStatsQuery = {}, options?: CallOptions): Promise<BlockStatsAnswer> {
    return this.get('/stats/blocks', page, options);
  }

  coinAges(options?: CallOptions): Promise<CoinAgesAnswer> {
    return this.get('/stats/coin-ages', {}, options);
  }

  // --- The mempool ------------------------------------------------------------------------------------------------

  mempool(page: MempoolQuery = {}, options?: CallOptions): Promise<MempoolAnswer> {
    return this.get('/mempool', page, options);
  }

  mempoolInfo(options?: CallOptions): Promise<MempoolInfoAnswer> {
    return this.get('/mempool/info', {}, options);
  }

  /** The block that would be mined now, and why each transaction is in it or not. */
  mempoolTemplate(options?: CallOptions): Promise<MempoolTemplateAnswer> {
    return this.get('/mempool/template', {}, options);
  }

  mempoolEntry(txid: string, options?: CallOptions): Promise<MempoolEntryAnswer> {
    return this.get(`/mempool/${segment(txid)}`, {}, options);
  }

  // --- Mining -----------------------------------------------------------------------------------------------------

  /** Mines and waits for it, however long it takes; abort the signal to end the search. */
  mine(
    request: {
      minerAddress: string;
      blocks?: number;
      maxSeconds?: number;
      threads?: number;
      share?: number;
    },
    options?: CallOptions,
  ): Promise<MineAnswer> {
    const { minerAddress, maxSeconds, ...rest } = request;
    // What is undefined does not travel: JSON leaves it out.
    const body = { miner_address: minerAddress, max_seconds: maxSeconds, ...rest };
    return this.ownerPost('/mine', body, { timeoutMs: 0, ...options }, { [KEEP_WAITING_HEADER]: '1' });
  }

  /** Mines on and on, until {@link miningStop}. */
  miningStart(
    minerAddress: string,
    effort: { threads?: number; share?: number } = {},
    options?: CallOptions,
  ): Promise<MiningStatusAnswer> {
    return this.ownerPost('/mining/start', { miner_address: minerAddress, ...effort }, options);
  }

  miningStop(options?: CallOptions): Promise<MiningStatusAnswer> {
    return this.ownerPost('/mining/stop', {}, options);
  }

  miningStatus(options?: CallOptions): Promise<MiningStatusAnswer> {
    return this.get('/mining/status', {}, options);
  }

  /** The blocks that the node found lately. */
  miningFound(options?: CallOptions): Promise<MiningFoundAnswer> {
    return this.get('/mining/found', {}, options);
  }

  /** A block that pays `minerAddress` and lacks its nonce only. Once found, {@link submitBlock} takes it. */
  miningTemplate(minerAddress: string, options?: CallOptions): Promise<MiningTemplateAnswer> {
    return this.get('/mining/template', { miner_address: minerAddress }, options);
  }

  // --- The sandbox ------------------------------------------------------------------------------------------------

  /** Starts a small network for experiments, apart from the node's own. */
  startSandbox(options?: CallOptions): Promise<SandboxAnswer> {
    return this.ownerPost('/sandbox', {}, options);
  }

  sandbox(options: CallOptions = {}): Promise<SandboxAnswer> {
    return this.request('GET', '/sandbox', undefined, options, this.proof()) as Promise<SandboxAnswer>;
  }

  /** Does something in the sandbox, and waits for it: a long race takes its time. */
  sandboxAction(action: SandboxAction, options?: CallOptions): Promise<SandboxAnswer> {
    return this.ownerPost('/sandbox/actions', action, { timeoutMs: 0, ...options });
  }

  endSandbox(options: CallOptions = {}): Promise<SandboxEndAnswer> {
    return this.request('DELETE', '/sandbox', undefined, options, this.proof()) as Promise<SandboxEndAnswer>;
  }

  // --- Peers ------------------------------------------------------------------------------------------------------

  peers(options?: CallOptions): Promise<PeersAnswer> {
    return this.get('/peers', {}, options);
  }

  /** What was said to peers, and by them, lately. */
  peerMessages(query: PeerMessagesQuery = {}, options?: CallOptions): Promise<PeerMessagesAnswer> {
    return this.get('/peers/messages', query, options);
  }

  addPeer(url: string, options?: CallOptions): Promise<AddPeerAnswer> {
    return this.ownerPost('/peers/add', { url }, options);
  }

  /** Ends the connection and forgets the peer. */
  removePeer(url: string, options?: CallOptions): Promise<PeerChangeAnswer> {
    return this.ownerPost('/peers/remove', { url }, options);
  }

  /** Ends the connection and refuses the peer, known or not; for a day when not told otherwise. */
  banPeer(
    url: string,
    ban: { seconds?: number; reason?: string } = {},
    options?: CallOptions,
  ): Promise<BanPeerAnswer> {
    return this.ownerPost('/peers/ban', { url, ...ban }, options);
  }

  unbanPeer(url: string, options?: CallOptions): Promise<PeerChangeAnswer> {
    return this.ownerPost('/peers/unban', { url }, options);
  }

  /** Fetches a peer's chain and waits for it, however long it takes. */
  sync(peerUrl: string, options?: CallOptions): Promise<SyncAnswer> {
    return this.ownerPost(
      '/sync',
      { peer_url: peerUrl },
      { timeoutMs: 0, ...options },
      { [KEEP_WAITING_HEADER]: '1' },
    );
  }
}

/** A part of a path. What a person typed may hold slashes and dots: it must stay one part. */
function segment(value: string | number): string {
  const text = encodeURIComponent(String(value));
  return text === '' || text === '.' || text === '..' ? `%22${text.replaceAll('.', '%2E')}%22` : text;
}
