// SPDX-License-Identifier: Apache-2.0
//! The background tasks of a running gateway, which all stop together.

use crate::{
    error::Result,
    http::{serve, Limits},
    shared::Shared,
};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use tokio_rustls::TlsAcceptor;

/// The longest pause after failures.
const MAX_BACKOFF: Duration = Duration::from_secs(30);
/// The time in which running work may end after the signal to stop.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// Tasks that run until [`Tasks::stop`].
pub(crate) struct Tasks {
    shared: Arc<Shared>,
    poll: Duration,
    stopping: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Tasks {
    /// Makes an empty set of tasks. Repeated steps pause for `poll` while they have no work.
    pub(crate) fn new(shared: Arc<Shared>, poll: Duration) -> Self {
        let (stopping, _) = watch::channel(false);
        Self {
            shared,
            poll,
            stopping,
            running: JoinSet::new(),
        }
    }

    /// Repeats a step in the background. `part` names it in the log and in the status.
    pub(crate) fn repeat<F, Fut>(&mut self, part: &'static str, step: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<bool>> + Send + 'static,
    {
        self.running.spawn(repeat(
            Arc::clone(&self.shared),
            part,
            self.poll,
            self.stopping.subscribe(),
            step,
        ));
    }

    /// Serves HTTP in the background.
    pub(crate) fn serve(
        &mut self,
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        router: axum::Router,
    ) {
        self.running.spawn(serve(
            listener,
            tls,
            router,
            Limits::default(),
            self.stopping.subscribe(),
        ));
    }

    /// Tells all tasks to stop, and waits until they have stopped or the time is over.
    pub(crate) async fn stop(mut self) {
        self.stopping.send_replace(true);
        let ending = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_WITHIN, ending).await.is_err() {
            tracing::warn!("some work did not end in time and is aborted; the outbox keeps it");
        }
    }
}

/// Repeats a step: immediately while there is more work, otherwise after a pause.
///
/// The pause grows after failures.
async fn repeat<F, Fut>(
    shared: Arc<Shared>,
    part: &'static str,
    poll: Duration,
    mut stopped: watch::Receiver<bool>,
    step: F,
) where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<bool>>,
{
    let mut pause = poll;
    loop {
        let outcome = tokio::select! {
            outcome = step() => outcome,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        let rest = match outcome {
            Ok(more) => {
                shared.succeeded(part);
                pause = poll;
                if more {
                    Duration::ZERO
                } else {
                    poll
                }
            }
            Err(error) => {
                shared.failed(part, &error);
                let rest = pause;
                pause = pause.saturating_mul(2).min(MAX_BACKOFF);
                rest
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {},
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}
